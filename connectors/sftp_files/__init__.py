"""Files on an SFTP server: CSV, XLSX and EDIFACT PARTIN, pulled when they are complete and archived when they are kept.

May import: ``connectors.base``, ``connectors.errors``, ``connectors.transport``.
"""
