"""The matching engine tried on a labelled file: what it finds, against the truth it was not shown.

``reading`` reads the file, ``header_words``, ``evidence`` and ``names`` say what a column may hold, ``guessing``
decides it and ``grouping`` makes attributes of columns, ``opening`` does all this, ``oracle`` keeps the truth and
answers questions about pairs, ``merging`` holds the hub's merge policy over the records, ``evaluation`` runs the engine
and measures, ``explaining`` says why two records are one or two. No database, no mapping; nothing is written.

May import: ``customer_master.resolution``, ``mappings.normalize``, ``hub.errors``, ``hub.master.draft``,
``hub.survey``. Not: polars, the database.
"""
