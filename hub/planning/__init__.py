"""Planning: what ``hub apply`` and the next run would do, found by doing it on a scratch copy of the database.

There is no simulation beside the real code: the steps are the run's own, all but pulling; what would be written into
targets is taken down by a sink that reaches nobody. The master keeps its history, so that the copy alone tells what was
before and what is after.

May import: everything but ``hub.cli`` and ``hub.demo``.
"""
