"""The demo landscape: two real systems, the same customers in both, and the truth kept aside.

``systems`` starts the servers, ``landscape`` makes up the customers.

May import: everything in the hub. Nothing outside the demo and its tests imports it.
"""
