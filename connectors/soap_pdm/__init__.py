"""The connector for a product data management system that speaks SOAP: owners, items, customer parts, configurations.

Read from top to bottom: ``config`` (the options), ``streams`` (what the documents are), ``connector``. The contract
that the service must fulfil is told in ``README.md``.

May import: ``connectors.base``, ``connectors.errors``, ``connectors.transport``, lxml, pyarrow, pydantic.
"""
