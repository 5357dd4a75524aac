"""The demo's servers, each a process of its own that a supervisor starts and stops.

May import: nothing of the hub but ``hub.errors``; what a server needs is imported when it is started.
"""
