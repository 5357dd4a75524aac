"""The REST API under ``/api/v1``: the same functions as the screens and the command line, for programs.

``routing`` turns whatever goes wrong into a problem document, ``access`` knows who asks, ``once`` answers a repeated
request as it answered the first, the other modules are routes by subject; ``rest`` puts them together and describes
them in one OpenAPI document.

May import: everything below ``hub.web`` and the customer master; ``hub.web.pages`` only for what both define once.
"""
