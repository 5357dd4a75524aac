"""The application that wires connectors, mappings, quality rules and the customer master together.

``settings`` and ``references`` read the installation, ``store`` keeps runs, cursors, landing manifests, fates, dead
letters and deliveries, ``pipeline`` is the way of the data, ``delivery`` publishes, ``cli`` is the door, ``demo`` is
the landscape that shows it all.

May import: everything. Nothing imports it.
"""
