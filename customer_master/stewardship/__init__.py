"""What people decide about the master: reviews of doubtful pairs, decisions and their undoing.

A decision is about two source records, so it outlives every re-clustering. It closes nothing by itself: it puts a
constraint beside the evidence, and resolving brings the parties in line with it.

May import: ``customer_master.store``, ``customer_master.resolution``, ``mappings.canonical``.
"""
