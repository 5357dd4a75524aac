"""Matching beside its peers: labelled files, made records by the million, the landscape, a standing master.

May import: everything. Nothing imports it.
"""
