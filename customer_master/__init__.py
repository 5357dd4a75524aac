"""The customer master: who is who, and what is known of them.

``resolution`` decides which source records describe the same party, ``golden`` which of their values survive; both are
pure functions that read no database. ``policies`` holds the authored documents they follow. ``store`` keeps the result.

May import: ``mappings.canonical``, ``mappings.normalize``.
"""
