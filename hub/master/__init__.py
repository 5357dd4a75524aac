"""What people and programs do with the customer master: acts of stewards, looks at it, its upkeep.

Command line, screens, REST API and DAGs are doors to the same functions.

May import: everything.
"""
