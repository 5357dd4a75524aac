"""How bytes travel and what is in them: SFTP, delimited text, spreadsheets, EDIFACT.

``ssh`` and ``sftp`` speak to the server. The readers (``delimited``, ``spreadsheet``, ``partin`` on top of ``edifact``)
each turn an open local file into ``records.Record`` objects with row numbers; what is wrong with one row is a defect
beside the good rows, what is wrong with the whole file is an ``UnreadableFileError``.

May import: ``connectors.base`` and ``connectors.errors``.
"""
