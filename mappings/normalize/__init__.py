"""How values are read: names, phones, addresses, identifiers, e-mail and dates, Chinese and international.

Everything here is pure: text in, frozen values out, the same answer for ever. Readers never guess: what cannot be
read is empty, what is damaged says so. ``data`` and the ``*.txt`` files beside it hold the lists of facts.

May import: nothing of this project. Not: databases, files of the user, the network.
"""
