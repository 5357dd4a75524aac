"""Lets spyne 2.14 be imported by Python 3.12 and 3.13, which have lost two things it asks for.

It carries an old ``six`` whose importer of ``six.moves`` Python 3.12 no longer understands, and it takes one function
from the module ``cgi``, which Python 3.13 has not. That importer is taken away again: whoever asks the importers
themselves, as pytest does, would stumble over it.
"""

import collections.abc
import http.cookies
import importlib
import importlib.util
import sys
import types
import urllib.parse
from email.message import Message

_MOVES = {
    "collections_abc": collections.abc,
    "http_cookies": http.cookies,
    "urllib": urllib,
    "urllib.parse": urllib.parse,
}


def prepare() -> None:
    """Put what is missing where spyne looks for it, and import it; call this before the first import of spyne."""
    moves = types.ModuleType("spyne.util.six.moves")
    sys.modules.setdefault(moves.__name__, moves)
    for name, module in _MOVES.items():
        sys.modules.setdefault(f"{moves.__name__}.{name}", module)
    if importlib.util.find_spec("cgi") is None:
        cgi = types.ModuleType("cgi")
        cgi.parse_header = parse_header  # type: ignore[attr-defined] # the one function that is used
        sys.modules["cgi"] = cgi
    importlib.import_module("spyne.util.six")
    sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Split a content type from its parameters.

    >>> parse_header("text/xml; charset=utf-8")
    ('text/xml', {'charset': 'utf-8'})
    """
    message = Message()
    message["content-type"] = line
    (kind, _), *parameters = message.get_params(failobj=[("", "")])
    return kind, dict(parameters)
