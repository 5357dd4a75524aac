"""Backup and restore: database and landing zone together, as they were at one instant.

A backup is a folder: ``database.dump`` (pg_dump's custom format), ``landing/`` and ``manifest.json``, which names every
file with its sha256. The manifest is written last and the folder renamed into place, so that a killed backup leaves
nothing that looks like one.

May import: ``hub.store``, ``hub.settings``, ``hub.errors``, ``hub.pipeline.work``.
"""
