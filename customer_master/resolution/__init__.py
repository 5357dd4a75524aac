"""Who is who: from what source records say to groups of records that describe the same party.

The engine resolves any table of records. ``attributes`` are the kinds of attribute, ``schema`` names a table's own,
``table`` reads it, ``keys`` gives the candidate pairs, ``vectors`` compares them, ``fellegi`` weighs the levels by
expectation maximisation after Fellegi and Sunter; ``learning`` makes scores of the weights: from triangles alone
(``transitivity``), or also from answers (``active`` asks, ``rescoring`` learns, both on ``logistic``). ``engine`` runs
the stages one after the other, ``metrics`` measures the outcome.

The hub's parties are read and compared by the same kinds: ``party`` gives what is compared of one and its blocking
keys, ``levels`` are those of parties, ``agreement`` finds them for pairs, ``scoring`` weighs them by the match
``policy``, under ``laws`` that no weight can break.

Both group by ``clustering``, under ``constraints``: ``components`` makes a graph of the scored pairs, ``exact`` and
``agglomeration`` part it, ``alarms`` tells which groups to look at. ``identity`` keeps party ids stable, ``overlay``
notices a record that has become another customer. ``explanation`` says why of a pair of parties; ``waterfall`` and
``sentences`` say it of any pair of records, ``linking_path`` what holds two records together that were not compared.

All pure; nothing here touches a database or a file. May import: ``mappings.canonical``, ``mappings.normalize``,
``customer_master.policies``.
"""
