"""One module a screen: each has a ``router`` whose routes read, call a function of the hub, and render a template.

May import: what ``hub.web`` may; no page imports another.
"""
