"""How bytes travel and what is in them: SFTP, SOAP, IMAP, delimited text, spreadsheets, EDIFACT, mails.

``ssh`` and ``sftp``, ``soap`` (on ``soap_answer``) and ``imap`` (with ``imap_login`` and ``imap_syntax``) speak to a
server. ``mail`` reads a raw mail (``mail_mime``, ``mail_charsets``, ``mail_text``, ``mail_signature``). The other
readers (``delimited``, ``spreadsheet``, ``partin`` on top of ``edifact``) each turn an open local file into
``records.Record`` objects with row numbers; what is wrong with one row is a defect beside the good rows, what is wrong
with the whole file is an ``UnreadableFileError``.

May import: ``connectors.base`` and ``connectors.errors``.
"""
