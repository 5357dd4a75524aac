"""Mails in the folders of an IMAP mailbox, read without leaving a trace there.

May import: ``connectors.base``, ``connectors.errors``, ``connectors.transport``.
"""
