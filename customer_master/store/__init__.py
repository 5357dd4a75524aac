"""The customer master's tables and repositories, on PostgreSQL, under the commit clock.

Source records are sacred, parties are an opinion: everything refers to source records, membership is an interval.
Nothing is updated in place; intervals open and close under a gap-free commit number.

May import: ``mappings.canonical``, ``mappings.normalize`` and the pure parts of ``customer_master``.
"""
