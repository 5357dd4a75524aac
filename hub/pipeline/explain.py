"""Why every golden value is what it is: rule, record version, mapping, landed file and row, and whom it has beaten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store.tables import OPEN
from mappings.language.extensions import COMMENT, PREFIX


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was said.

    Args:
        source: ``system/record_type/key``.
        origin: file and row, or model and id, in the source.
        commit: commit of the record version.
        mapping: name and hash of the mapping document.
        file: landed file; empty if it was erased.
        row: row in that file.
        opaque: functions of installed packages that this mapping calls, with their versions; nobody can look inside.
    """

    source: str
    origin: str
    commit: int
    mapping: str
    file: str
    row: int
    opaque: list[str]


@dataclass(frozen=True, slots=True)
class Loser:
    """A value that did not survive.

    Args:
        value: in its stored form.
        kind: identity, material or cosmetic difference.
        step: step of the rule at which it lost.
        needs: what would have to change for it to win.
        said: where it was said, ``None`` for a lapsed pin.
    """

    value: Any
    kind: str
    step: str
    needs: str
    said: Origin | None


@dataclass(frozen=True, slots=True)
class PinNote:
    """Who fixed a value, and why."""

    pin_id: int
    actor: str
    reason: str
    at_us: int
    mode: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A golden value and why it is that.

    Args:
        attribute: such as ``name``.
        value: in its stored form.
        rule: rule and step that chose it.
        why: the step of the rule that decided.
        candidates: how many values stood for election.
        said: where it was said, ``None`` if a pin fixes it or it was put together from several.
        pin: the pin that fixes it.
        losers: what it has beaten.
    """

    attribute: str
    value: Any
    rule: str
    why: str
    candidates: int
    said: Origin | None
    pin: PinNote | None
    losers: list[Loser]


def explain_values(db: Connection, party_id: int) -> list[Explained]:
    """Explain the golden values that a customer has now, in order of their names.

    Args:
        db: connection.
        party_id: the customer.
    """
    row = db.execute(text(_GOLDEN), {"party": party_id, "open": OPEN}).one_or_none()
    if row is None:
        return []
    losers = [(c["attribute"], c["kind"], loser) for c in row.conflicts for loser in c["losers"]]
    pointers = [*row.prov.values(), *(loser for _, _, loser in losers)]
    origins = _origins(db, [p["v"] for p in pointers if "v" in p])
    pins = _pins(db, [p["p"] for p in row.prov.values() if "p" in p])
    beaten: dict[str, list[Loser]] = {}
    for attribute, kind, loser in losers:
        beaten.setdefault(attribute, []).append(
            Loser(loser["value"], kind, loser["step"], loser["needs"], origins.get(loser.get("v")))
        )
    return [
        _explained(attribute, value, row.prov.get(attribute, {}), origins, pins, beaten.get(attribute, []))
        for attribute, value in sorted(row.attrs.items())
    ]


def _explained(
    attribute: str,
    value: Any,
    prov: Mapping[str, Any],
    origins: Mapping[int | None, Origin],
    pins: Mapping[int | None, PinNote],
    losers: list[Loser],
) -> Explained:
    return Explained(
        attribute, value, prov.get("r", ""), prov.get("why", ""), prov.get("n", 0), origins.get(prov.get("v")),
        pins.get(prov.get("p")), losers,
    )  # fmt: skip


def _origins(db: Connection, version_ids: list[int]) -> dict[int | None, Origin]:
    return {row[0]: Origin(*row[1:]) for row in db.execute(text(_ORIGINS), {"versions": version_ids})}


def _pins(db: Connection, pin_ids: list[int]) -> dict[int | None, PinNote]:
    return {row[0]: PinNote(*row) for row in db.execute(text(_PINS), {"pins": pin_ids})}


_GOLDEN = "select attrs, prov, conflicts from master.golden_version where party_id = :party and to_cs = :open"

FUNCTIONS = f"array(select f[1] from regexp_matches(d.body, '^{COMMENT}({PREFIX}.*)$', 'gn') f)"  # noqa: S608 - ours
"""SQL for the functions of installed packages that a document ``d`` was applied with."""

_ORIGINS = f"""
select v.id, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation), v.origin, v.from_cs,
  coalesce(d.name || ' ', '') || left(v.mapping_hash, 12), coalesce(b.path, ''), v.row_no,
  {FUNCTIONS}
from master.source_record_version v join master.source_record r on r.id = v.record_id
join master.source_system s on s.id = r.system_id
left join hub.landing_batch b on b.id = v.batch_id left join hub.document d on d.hash = v.mapping_hash
where v.id = any(:versions)
"""  # noqa: S608 - ours

_PINS = """
select distinct i.id, d.actor, d.reason, d.at_us, i.mode from master.pin i
join master.decision d on d.id = i.decision_id where i.id = any(:pins)
"""
