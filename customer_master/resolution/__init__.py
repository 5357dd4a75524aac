"""Who is who: from what source records say to groups of records that describe the same party.

The way of a record: ``features`` reads its values once, ``blocking`` gives the keys under which candidate pairs meet,
``comparison`` turns a pair into levels of agreement, ``scoring`` weighs them after Fellegi and Sunter under the laws of
the match policy, ``clustering`` groups records under constraints, ``identity`` keeps party ids stable, ``explanation``
says why, ``training`` estimates the weights. All pure; nothing here touches a database or a file.

May import: ``mappings.canonical``, ``mappings.normalize``, ``customer_master.policies``.
"""
