"""What people decide about the master, and the work that leads to it: questions, tasks, queues, deadlines.

A decision is about two source records, so it outlives every re-clustering. It closes nothing by itself: it puts a
constraint beside the evidence, and resolving brings the parties in line with it.

May import: ``customer_master.store``, ``customer_master.policies``, ``customer_master.resolution``,
``customer_master.golden``, ``mappings.canonical``, ``mappings.normalize``.
"""
