"""Reads stored payloads back, whatever version of the model they were written by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from mappings.canonical.party import Party
from mappings.canonical.record import ENTITIES, MODEL_VERSION, Content

Payload = Mapping[str, Any]

UPCASTS: dict[int, Callable[[Payload], Payload]] = {}
"""Model version -> what makes its payloads those of the next one, without the ``model`` itself.

Whoever raises ``MODEL_VERSION`` adds the step from the version before. An attribute that is merely added needs none:
it is left out where it says nothing (see :func:`mappings.canonical.classes.classed`), and the version stays.

What is stored keeps its text, on which hashes and the audit chain rest, so SQL sees older payloads as they are. A step
therefore leaves the attributes of :data:`SEEN_BY_SQL` as they are, and what elements are told apart by (see
:func:`mappings.canonical.elements.fingerprint`) the same.
"""

SEEN_BY_SQL = frozenset({"active", "at", "currency", "kind", "on", "state", "total", "until"})
"""Attributes that SQL reads inside stored payloads: a step that changes one of them is refused."""


def upcast(payload: Payload) -> Payload:
    """Bring a stored payload to the model of this program; one of this model, or an erased one, is given back itself.

    Whoever reads payloads out of the database brings them here first; hashes alone are of what is stored.

    Raises:
        ValueError: the payload was written by a newer model than this program knows, or a step changes what SQL reads.
    """
    version = payload.get("model", MODEL_VERSION)  # an erased one is of no model
    if version == MODEL_VERSION:
        return payload
    if version > MODEL_VERSION:
        raise ValueError(f"payload of model {version}, this program knows {MODEL_VERSION}: upgrade it")
    newest = payload
    for older in range(version, MODEL_VERSION):
        newest = UPCASTS[older](newest)
    if changed := sorted(a for a in SEEN_BY_SQL if newest.get(a) != payload.get(a)):
        raise ValueError(f"the steps from model {version} change {', '.join(changed)}, which SQL reads: keep them")
    return {**newest, "model": MODEL_VERSION}


def read_payload(entity: str, payload: Payload) -> Content:
    """Read the stored payload of a record back into its content.

    Args:
        entity: one of :data:`mappings.canonical.ENTITIES`.
        payload: as :func:`mappings.canonical.to_payload` gave it, by this or an older model.

    Raises:
        ValueError: the payload was written by a newer model than this program knows.
    """
    content: Any = ENTITIES[entity]
    return cast("Content", _reader(content)(upcast(payload)))


def from_payload(payload: Payload) -> Party:
    """Read the stored payload of a party, as :func:`read_payload` does."""
    return cast("Party", _reader(Party)(upcast(payload)))


_Reader = Callable[[Any], Any]
_READ: dict[Any, _Reader] = {date: date.fromisoformat, datetime: datetime.fromisoformat, Decimal: Decimal}


@cache
def _reader(kind: Any) -> _Reader:
    """Give what reads the stored form of a type that JSON does not hold as it is."""
    if is_dataclass(kind):
        return _attributes_reader(cast("type", kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return cache(kind)  # calling an enumeration takes six times as long
    return _READ[kind]


def _attributes_reader(kind: type) -> _Reader:
    """Write the program that reads a value type, as one would by hand."""
    hints = get_type_hints(kind)
    names: dict[str, Any] = {"kind": kind}
    arguments = ", ".join([_argument(f, hints[f.name], names) for f in fields(kind)])
    reader: _Reader = eval(f"lambda v: kind({arguments})", names)  # noqa: S307 - names of our own attributes
    return reader


def _argument(f: Field[Any], hint: Any, names: dict[str, Any]) -> str:
    """Write what reads one attribute; what is missing was empty when it was written."""
    names[f"default_{f.name}"] = "" if f.default is MISSING and hint is str else f.default
    if isinstance(hint, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
        names[f"default_{f.name}"] = None
    is_list = get_origin(hint) is tuple
    part = get_args(hint)[0] if is_list else hint
    given = f"v.get({f.name!r}, default_{f.name})"
    if part in (str, int, bool):
        return f"tuple({given})" if is_list else given
    names[f"read_{f.name}"] = _reader(part)
    if is_list:
        return f"tuple([read_{f.name}(one) for one in v.get({f.name!r}, ())])"
    if f.default is MISSING and names[f"default_{f.name}"] is MISSING:
        return f"read_{f.name}(v[{f.name!r}])"
    return f"(default_{f.name} if v.get({f.name!r}) is None else read_{f.name}(v[{f.name!r}]))"
