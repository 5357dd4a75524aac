"""The connector for Tryton, a free ERP (series 8.x): parties, read and written, and sales, read, over its JSON-RPC.

Read from top to bottom: ``config`` (the options), ``rpc`` (the wire), ``streams`` (what is offered), ``documents``,
``parties`` and ``sales`` (reading whole documents), ``watermark`` and ``pull`` (reading what changed), ``shapes`` and
``push`` (writing), ``connector`` (all put together).

May import: ``connectors.base``, ``connectors.errors``, httpx, pyarrow, pydantic.
"""
