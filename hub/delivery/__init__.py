"""Publishing: from the master's event feed to every target, by desired against confirmed state.

``plan`` decides what a target record should say and how it differs, ``fold`` turns events into one delivery row a
target record, ``send`` brings the difference over. A create is two-phase: the record is in the master with its
correlation value before the target hears of it, and an unknown outcome is probed before any retry.

May import: ``hub.pipeline.work``, ``hub.store``, ``hub.documents``, ``hub.connections`` and what these may import.
"""
