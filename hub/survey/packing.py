"""Records as small byte strings, so that hundreds of thousands of them pass between processes at little cost.

Names are packed as they are written: most records are never compared by name, and reading names is what costs most.
"""

from __future__ import annotations

import marshal
from dataclasses import replace
from typing import Any

from customer_master.resolution.party import Values, contacts_of, from_stored, names_of, values_of
from mappings.canonical import Kind, Party


def pack(party: Party) -> tuple[bytes, Values]:
    """Pack a party; give what it says without its names and contacts, too."""
    read = values_of(replace(party, names=(), contacts=()))
    return marshal.dumps((_plain(read), tuple(n.text for n in party.names), party.contacts)), read


def unpack(packed: bytes) -> Values:
    """Give all that a packed party says; its names are read here.

    >>> from mappings.canonical import Name
    >>> party = Party(Kind.ORGANISATION, names=(Name("华强公司"),), contacts=("王小明",))
    >>> unpack(pack(party)[0]) == values_of(party)
    True
    """
    read, names, contacts = marshal.loads(packed)  # noqa: S302 - our own bytes, from our own process
    values = from_stored(read)
    return values._replace(names=names_of(Kind(values.kind), names), contacts=contacts_of(contacts))


def pack_telling(read: Values) -> bytes:
    """Pack what can keep two records apart: kind, names as they were read, and identifiers."""
    return marshal.dumps(_plain(read._replace(phones=(), emails=(), domains=(), sites=(), contacts=())))


def unpack_telling(packed: bytes) -> Values:
    """Give what of a record can keep it apart from another.

    >>> from mappings.canonical import Name
    >>> read = values_of(Party(Kind.SITE, names=(Name("华强公司深圳分公司"),)))
    >>> unpack_telling(pack_telling(read)) == read
    True
    """
    return from_stored(marshal.loads(packed))  # noqa: S302 - our own bytes, from our own process


def _plain(value: Any) -> Any:
    """Make plain tuples of named ones: these cannot be marshalled."""
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value
