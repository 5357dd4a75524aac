"""What integration engineers do with mappings before they go live: look at them with rows that have landed.

May import: the mapping language, ``hub.store``, ``hub.project`` and ``hub.documents``.
"""
