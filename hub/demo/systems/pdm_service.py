"""What the demo's PDM offers over SOAP: ``Read<Stream>(after, limit)`` gives whole rows behind a change number.

Each row bears ``change``, its number, which grows with every change of a stream and is never given twice, and
``modified``, a time of the PDM's own zone without an offset. Who asks must show a WS-Security UsernameToken, as a
digest or as text.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lxml import etree

from hub.demo.systems import pdm, spyne_imports

spyne_imports.prepare()

from spyne import (  # type: ignore[import-untyped] # noqa: E402 - needs the line above
    Application,
    Array,
    ComplexModel,
    Fault,
    Integer,
    Long,
    Service,
    Unicode,
    rpc,
)
from spyne.protocol.soap import Soap11  # type: ignore[import-untyped] # noqa: E402 - needs the line above
from spyne.server.wsgi import WsgiApplication  # type: ignore[import-untyped] # noqa: E402 - needs the line above

NAMESPACE = "urn:customer-hub:demo:pdm"
PAGE_ROWS = 2000
FRESH = dt.timedelta(minutes=5)
_WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
_WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"


def _xsd(name: str) -> Any:
    """Make a type that is one of XML Schema's to the reader, and text to us: old systems keep dates that are none."""
    return type(Unicode)(name, (Unicode,), {"__type_name__": name})


def _complex(name: str, fields: Iterable[tuple[str, Any]]) -> Any:
    return type(ComplexModel)(name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": list(fields)})


def _texts(names: str) -> list[tuple[str, Any]]:
    return [(name, Unicode) for name in names.split()]


_DATE = _xsd("date")
_OPTION = _complex("Option", _texts("feature value"))
_GIVEN = {"min_occurs": 1, "nillable": False}
_HEAD = [("change", Long(**_GIVEN)), ("modified", _xsd("dateTime"))]
ROWS = {
    "owner": _complex("Owner", _HEAD + _texts("id name address city country phone email tax_id erp_number")),
    "item": _complex("Item", _HEAD + _texts("code name revision unit")),
    "customer_part": _complex(
        "CustomerPart", [*_HEAD, *_texts("owner_id item customer_part description"), ("since", _DATE)]
    ),
    "configuration": _complex(
        "Configuration",
        [*_HEAD, *_texts("serial owner_id item"), ("sold_on", _DATE), ("options", Array(_OPTION))],
    ),
}


def application(database: Path, user: str, password: str) -> Callable[..., Any]:
    """Make the WSGI application.

    Args:
        database: SQLite file with the rows.
        user: the only one who may read.
        password: the user's.
    """
    operations = {_name(row): _operation(database, stream, row) for stream, row in ROWS.items()}
    service = type(Service)("Pdm", (Service,), operations)
    offered = Application([service], NAMESPACE, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11(), name="Pdm")
    offered.event_manager.add_listener("method_call", lambda context: _authenticate(context, user, password))
    made: Callable[..., Any] = WsgiApplication(offered)
    return made


def _name(row: Any) -> str:
    return f"Read{row.get_type_name()}"


def _operation(database: Path, stream: str, row: Any) -> Any:
    def read(_: Any, after: int, limit: int) -> list[Any]:
        if after < 0 or limit < 1:
            raise Fault("Client.Range", "after is at least 0, limit at least 1")
        try:
            found = pdm.rows(database, stream, after, min(limit, PAGE_ROWS))
        except sqlite3.Error:
            raise Fault("Server.Unavailable", "the PDM's database cannot be read now") from None
        return [_element(row, number, document) for number, document in found]

    read.__name__ = _name(row)  # spyne names operation and answer after the function
    return rpc(Long(**_GIVEN), Integer(**_GIVEN), _returns=Array(row))(read)


def _element(row: Any, number: int, document: dict[str, Any]) -> Any:
    options = [_OPTION(**option) for option in document.get("options", ())]
    plain = {name: value for name, value in document.items() if name != "options"}
    return row(change=number, **plain, **({"options": options} if options else {}))


def _authenticate(context: Any, user: str, password: str) -> None:
    """Refuse who does not show the right token, always with the same words."""
    headers: list[etree._Element] = context.in_header_doc or []
    tokens = [token for header in headers if header.tag == f"{_WSSE}Security" for token in header]
    if not any(token.tag == f"{_WSSE}UsernameToken" and _is_right(token, user, password) for token in tokens):
        raise Fault("Client.FailedAuthentication", "the security token could not be authenticated")


def _is_right(token: etree._Element, user: str, password: str) -> bool:
    given = token.find(f"{_WSSE}Password")
    if given is None or not given.text or token.findtext(f"{_WSSE}Username") != user:
        return False
    expected = password
    if given.get("Type", "").endswith("#PasswordDigest"):
        nonce, created = token.findtext(f"{_WSSE}Nonce") or "", token.findtext(f"{_WSU}Created") or ""
        if not _is_fresh(created):
            return False
        try:
            salted = base64.b64decode(nonce, validate=True) + created.encode() + password.encode()
        except binascii.Error:
            return False
        expected = base64.b64encode(hashlib.sha1(salted).digest()).decode()  # noqa: S324 - WS-Security fixes SHA-1
    return hmac.compare_digest(given.text.encode(), expected.encode())


def _is_fresh(created: str) -> bool:
    try:
        moment = dt.datetime.fromisoformat(created)
    except ValueError:
        return False
    return moment.tzinfo is not None and abs(dt.datetime.now(dt.UTC) - moment) < FRESH
