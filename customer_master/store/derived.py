"""What is derived from the newest version of each source record, so that it can be found and joined.

Contact points join parties with the calls and mails that mention them, references join orders and holdings with their
owners, search entries find records. All of it says nothing the versions do not say, and is replaced with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Table, delete, func

from customer_master.store.staging import copy_in, lines
from customer_master.store.tables import contact_point, record_reference, search_entry
from mappings.normalize.emails import domain, is_free_mail
from mappings.normalize.text import fold, has_han, initials, readings

_LOCAL_DIGITS = 8  # what people remember of a telephone number


@dataclass(frozen=True, slots=True)
class Statement:
    """What a record says now.

    Args:
        entity: its canonical entity.
        native_key: its key in its own system.
        payload: its canonical content, stored form.
    """

    entity: str
    native_key: str
    payload: Mapping[str, Any]


Point = tuple[str, str, str]
"""Kind, value and role of a contact point; the role is empty for what a party has."""


def points(statement: Statement) -> set[Point]:
    """List the contact points that a record has (a party) or mentions (anything else).

    >>> party = {"phones": [{"number": "+8675526988888"}], "emails": [{"address": "li@huaqiang.example"}]}
    >>> sorted(points(Statement("party", "7", party)))[0]
    ('domain', 'huaqiang.example', '')
    """
    payload = statement.payload
    if statement.entity == "party":
        stated = [("phone", p["number"], "") for p in payload.get("phones", ())]
        stated += [("email", e["address"], "") for e in payload.get("emails", ())]
    else:
        stated = [(m["kind"], m["value"], m["role"]) for m in payload.get("mentions", ())]
    domains = {
        ("domain", domain(value), role) for kind, value, role in stated if kind == "email" and not is_free_mail(value)
    }
    return {*stated, *domains}


def tokens(statement: Statement) -> set[str]:
    """List what a record is found by: pairs of neighbouring characters of its names, and its numbers and keys.

    >>> sorted(tokens(Statement("party", "C7", {"names": [{"text": "华强"}]})))
    ['i:hq', 'k:c7', 'n:华强', 'r:an', 'r:aq', 'r:hu', 'r:ia', 'r:ng', 'r:qi', 'r:ua']
    """
    payload = statement.payload
    found = {f"k:{fold(statement.native_key)}"}
    for name in (*(n["text"] for n in payload.get("names", ())), *payload.get("contacts", ())):
        found |= name_tokens(name)
    found |= {f"d:{fold(i['value'])}" for i in payload.get("identifiers", ())}
    for phone in payload.get("phones", ()):
        found |= {f"t:{phone['number']}", f"t:{phone['number'][-_LOCAL_DIGITS:]}"}
    for email in payload.get("emails", ()):
        found |= {f"m:{email['address']}", f"m:@{domain(email['address'])}"}
    found |= {f"k:{fold(str(payload[key]))}" for key in ("number", "serial", "customer_part") if payload.get(key)}
    return found


def name_tokens(name: str) -> set[str]:
    """List the pairs of neighbouring characters of a name, of its pinyin and of the initials of its syllables."""
    found = {f"n:{pair}" for pair in pairs(fold(name))}
    if has_han(name):
        found.update([f"r:{pair}" for pair in pairs(readings(name))], [f"i:{pair}" for pair in pairs(initials(name))])
    return found


def pairs(text: str) -> list[str]:
    """Give the pairs of neighbouring characters.

    >>> pairs("abc")
    ['ab', 'bc']
    """
    return [a + b for a, b in pairwise(text)]


def remove(connection: Connection, record_ids: Collection[int]) -> None:
    """Forget everything derived from these records."""
    if record_ids:
        for table in (contact_point, record_reference, search_entry):
            connection.execute(delete(table).where(table.c.record_id == func.any(list(record_ids))))


def add(
    connection: Connection,
    statements: Mapping[int, Statement],
    references: Mapping[int, Iterable[tuple[str, int]]],
) -> None:
    """Derive everything from these records, of which nothing is derived yet.

    Args:
        connection: connection in a transaction; a record may still be missing, if it comes before the commit.
        statements: record id -> what it says now.
        references: record id -> (relation, record referred to).
    """
    said = statements.items()
    _copy(connection, contact_point, [(r, *point) for r, s in said for point in sorted(points(s))])
    _copy(connection, record_reference, [(r, *ref) for r in statements for ref in sorted(set(references.get(r, ())))])
    _copy(connection, search_entry, [(r, _array(sorted(tokens(s)))) for r, s in said])


def _array(texts: Iterable[str]) -> str:
    r"""Write texts, at least one, as a PostgreSQL array; the driver takes several times as long, element by element.

    >>> print(_array(['n:华强', 'k:3"', 'k:a\\b']))
    {"n:华强","k:3\"","k:a\\b"}
    """
    joined = "\0".join(texts).replace("\\", "\\\\").replace('"', '\\"')  # no text of the database holds a zero
    return '{"' + joined.replace("\0", '","') + '"}'


def _copy(connection: Connection, table: Table, rows: Sequence[tuple[int | str, ...]]) -> None:
    if rows:
        columns = ", ".join(c.name for c in table.columns)
        written = lines(list(map(str, column)) for column in zip(*rows, strict=True))
        copy_in(connection, f"copy {table} ({columns}) from stdin", "\n".join(written) + "\n")
