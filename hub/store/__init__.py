"""What the hub remembers: runs, cursors, landing manifests, fates, dead letters, deliveries, documents.

``postgres`` gives the address of a running server (an own one under the hub's home, or ``HUB_DATABASE_URL``),
``migrate`` brings all tables of the database to the newest state, ``landing`` keeps raw batches as Parquet files; every
other module here looks after some tables and knows no business rule.

May import: SQLAlchemy, psycopg, pyarrow, ``hub.settings``, ``hub.references``, ``hub.supervisor`` and the tables of
:mod:`customer_master.store`. Nothing of the pipeline, the delivery or the command line.
"""
