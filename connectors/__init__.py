"""How to talk to systems.

A connector reads raw whole documents out of one system and, where it can, writes documents back. It knows nothing about
customers: no mapping, no matching, no database of the hub. This package is the hub's only public API; third parties add
connectors through the entry-point group ``customer_hub.connectors``.

May import: nothing of this project.
"""
