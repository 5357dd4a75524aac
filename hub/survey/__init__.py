"""A report over files of customer data before anything is set up: columns, duplicates, overlap, contradictions.

The way of a file: ``files`` opens it, ``columns`` recognises what its columns hold, ``records`` reads its rows as
parties, ``matching`` finds the records of one customer with the hub's one scorer, ``findings`` says what that means,
``page`` and ``plots`` draw it. Nothing is written but the page that is asked for; no database, no mapping.

May import: ``connectors.transport``, ``customer_master.resolution``, ``mappings.canonical``, ``mappings.normalize``,
``mappings.language.party_functions``, ``hub.errors``. Not: polars, the database.
"""

from hub.survey.findings import Survey
from hub.survey.run import survey

__all__ = ["Survey", "survey"]
