"""Finding customers by whatever somebody has in hand: a name, a number, an address of mail, a key of any system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store import public_id
from customer_master.store.derived import pairs
from customer_master.store.tables import OPEN
from customer_master.store.visibility import Viewer, args, customer_sql
from mappings.canonical import upcast
from mappings.normalize.emails import read_emails
from mappings.normalize.phones import read_phones
from mappings.normalize.text import clean, fold, has_han, initials, readings

_CANDIDATES = 2000  # records looked at for one question; who gets more asks more precisely
_LOCAL_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that was found.

    Args:
        party_id: its internal number.
        public_id: its customer number.
        kind: organisation, person or site.
        name: its agreed name.
        english_name: its agreed English name, if there is one.
        uscc: its agreed credit code, if there is one.
        city: beginning of its agreed address.
        records: how many source records it has.
        matched: what of it was found: ``number``, ``identifier``, ``phone``, ``email``, ``key`` or ``name``.
        former: the former customer number that led here, empty if none did.
    """

    party_id: int
    public_id: str
    kind: str
    name: str
    english_name: str
    uscc: str
    city: str
    records: int
    matched: str
    former: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    """One reading of what was asked: records that have all the tokens."""

    matched: str
    tokens: tuple[str, ...]


def search(db: Connection, asked: str, viewer: Viewer, limit: int = 50) -> list[Hit]:
    """Find customers that the viewer sees.

    Args:
        db: connection.
        asked: two characters of a name or more, pinyin or its initials, a credit code or another identifier, a
            telephone number, an e-mail address or domain, ``system/type/key`` or a key of any system, an order or
            serial number, or a customer number, present or former.
        viewer: who asks.
        limit: how many at most.

    Returns:
        The best first: exact numbers before names, whole names before parts of names.
    """
    asked = clean(asked)
    by_number = _by_number(db, asked, viewer)
    if by_number:
        return by_number
    system, key = _system_and_key(asked)
    matched: dict[int, str] = {}
    for question in _questions(key if system else asked):
        if system and question.matched != "key":
            continue
        for party_id in _parties(db, question, system, asked):
            matched.setdefault(party_id, question.matched)
    hits = _hits(db, matched, viewer)
    return sorted(hits, key=lambda hit: _rank(hit, asked))[:limit]


def _questions(asked: str) -> list[_Question]:
    """Read what was asked in every way it may be meant, the most telling first."""
    folded = fold(asked)
    found = [_Question("identifier", (f"d:{folded}",)), _Question("key", (f"k:{folded}",))] if folded else []
    found += [_Question("phone", (f"t:{p.number}",)) for p in read_phones(asked, country="CN")]
    digits = "".join(c for c in asked if c.isdigit())
    if len(digits) == _LOCAL_DIGITS:
        found.append(_Question("phone", (f"t:{digits}",)))
    found += [_Question("email", (f"m:{address}",)) for address in read_emails(asked)]
    if "." in asked and "@" not in asked.lstrip("@") and " " not in asked:
        found.append(_Question("email", (f"m:@{asked.lstrip('@').lower()}",)))
    if len(folded) >= 2 and any(c.isalpha() for c in folded):
        found.append(_Question("name", tuple(f"n:{pair}" for pair in pairs(folded))))
        if not has_han(asked):
            found += [_Question("name", tuple(f"{kind}:{pair}" for pair in pairs(folded))) for kind in ("r", "i")]
    return found


def _by_number(db: Connection, asked: str, viewer: Viewer) -> list[Hit]:
    """Find the customer of a number, or those that have followed it."""
    try:
        number = public_id.decode(asked)
    except ValueError:
        return []
    living = _successors(db, number)
    former = public_id.encode(number) if living != [number] else ""
    return [_with_former(hit, former) for hit in _hits(db, dict.fromkeys(living, "number"), viewer)]


def _with_former(hit: Hit, former: str) -> Hit:
    return Hit(
        hit.party_id, hit.public_id, hit.kind, hit.name, hit.english_name, hit.uscc, hit.city, hit.records, hit.matched,
        former,
    )  # fmt: skip


def _successors(db: Connection, party_id: int) -> list[int]:
    sql = (
        "with recursive line(id) as (select cast(:party as bigint) union select s.successor_id"
        " from line join master.party_successor s on s.party_id = line.id and s.to_cs = :open)"
        " select line.id from line join master.party_state t on t.party_id = line.id and t.to_cs = :open"
        " where t.status = 'active' order by 1"
    )
    return list(db.execute(text(sql), {"party": party_id, "open": OPEN}).scalars())


def _system_and_key(asked: str) -> tuple[str, str]:
    """Split ``erp/party/12`` or ``erp/12`` into system and key."""
    system, _, rest = asked.partition("/")
    key = rest.rpartition("/")[2]
    return (system, key) if key and system.isidentifier() else ("", asked)


def _parties(db: Connection, question: _Question, system: str, asked: str) -> Iterable[int]:
    """Find the parties whose own records, or the records that refer to theirs, have all the tokens."""
    sql = (
        "with found as materialized (select e.record_id from master.search_entry e"
        "  join master.source_record r on r.id = e.record_id"
        "  join master.source_system s on s.id = r.system_id"
        "  where e.tokens @> cast(:tokens as text[]) and (:system = '' or s.code = :system) limit :most)"
        " select m.party_id, v.payload from found"
        "  join master.membership m on m.record_id = found.record_id and m.to_cs = :open"
        "  join master.source_record_version v on v.record_id = found.record_id and v.to_cs = :open"
        " union all select m.party_id, null from found"
        "  join master.record_reference f on f.record_id = found.record_id"
        "  join master.membership m on m.record_id = f.to_record_id and m.to_cs = :open"
    )
    parameters = {"tokens": list(question.tokens), "system": system, "most": _CANDIDATES, "open": OPEN}
    rows = db.execute(text(sql), parameters).all()
    if question.matched != "name":
        return [row.party_id for row in rows]
    wanted = fold(asked)
    return [row.party_id for row in rows if row.payload and _is_called(upcast(row.payload), wanted)]


def _is_called(payload: Mapping[str, Any], wanted: str) -> bool:
    """Tell whether a name really holds what its pairs of characters promise."""
    names = (*(n["text"] for n in payload.get("names", ())), *payload.get("contacts", ()))
    return any(wanted in form for name in names for form in (fold(name), readings(name), initials(name)))


def _hits(db: Connection, matched: Mapping[int, str], viewer: Viewer) -> list[Hit]:
    rows = db.execute(text(_HITS), {"ids": list(matched), "open": OPEN, **args(viewer)})
    return [_hit(row, matched[row.id]) for row in rows]


_HITS = f"""
select p.id, p.public_id, p.kind, g.attrs,
  (select count(*) from master.membership m where m.party_id = p.id and m.to_cs = :open) as records
from master.party p join master.golden_version g on g.party_id = p.id and g.to_cs = :open
where p.id = any(:ids) and {customer_sql("p")}
"""  # noqa: S608 - ours


def _hit(row: Any, matched: str) -> Hit:
    attrs = row.attrs
    return Hit(
        party_id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        name=attrs.get("name") or "",
        english_name=attrs.get("english_name") or "",
        uscc=attrs.get("uscc") or "",
        city=(attrs.get("address") or {}).get("text", "")[:9],
        records=row.records,
        matched=matched,
    )


_ORDER: Sequence[str] = ("number", "identifier", "phone", "email", "key", "name")


def _rank(hit: Hit, asked: str) -> tuple[int, int, int, str]:
    """Rank by what was found, then by how the name fits, then by size."""
    wanted = fold(asked)
    name, english = fold(hit.name), fold(hit.english_name)
    forms = (name, english, readings(hit.name), initials(hit.name))
    if wanted in forms:
        fit = 0
    elif any(form.startswith(wanted) for form in forms):
        fit = 1
    else:
        fit = 2 if any(wanted in form for form in forms) else 3
    return _ORDER.index(hit.matched), fit, -hit.records, hit.public_id
