"""Survivorship: one golden record out of what several source records say, with provenance and conflicts.

A pure function of the evidence, the survivorship policy and the pins in force; the order of the evidence makes no
difference.

May import: ``mappings.canonical``, ``mappings.normalize``, ``customer_master.policies``.
"""
