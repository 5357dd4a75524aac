"""The way of the data, one module a step: pull, record (map, check, record), resolve (and survive), publish, account.

Every step is a hub function that may be killed at any instant and called again; the command line is a door to them.

May import: everything but ``hub.cli`` and ``hub.demo``.
"""
