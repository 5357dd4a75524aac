"""Measured claims, one command each.

``make bench-NAME`` prints a table, ``JSON=1 make bench-NAME`` ends with one line of JSON.

May import: everything. Nothing imports it.
"""
