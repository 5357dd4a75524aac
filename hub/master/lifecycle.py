"""What sources do with their own records: renumber them, and give a customer's record to another customer."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from customer_master.resolution.overlay import overlay
from customer_master.store import key_map
from customer_master.store.clock import Author
from hub.errors import HubError, UsageError
from hub.store.lock import exclusive
from mappings.canonical import from_payload

LARGEST_MAP = 100_000
_LONGEST_KEY = 200
_SHOWN = 10

_CLASHES = {
    "unknown": "no record has the old key",
    "taken": "another record has the new key",
    "former": "the new key is a former key of another record",
    "twice": "the old or the new key stands in the map before",
}


class KeyMapError(HubError):
    """A key map cannot be followed; nothing has changed.

    Args:
        where: the file.
        clashes: line number and what is wrong there.
    """

    def __init__(self, where: str, clashes: Sequence[tuple[int, str]]) -> None:
        self.clashes = tuple(clashes)
        shown = "; ".join(f"line {line}: {what}" for line, what in self.clashes[:_SHOWN])
        more = f"; and {len(self.clashes) - _SHOWN} more" if len(self.clashes) > _SHOWN else ""
        super().__init__(f"{where}: {shown}{more}", "Correct the map; no key was changed")


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Old and new keys of some records of one system.

    Args:
        where: the file, for messages.
        pairs: old key and new key.
        lines: line of each pair in the file.
    """

    where: str
    pairs: tuple[tuple[str, str], ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """A record whose history shows two customers.

    Args:
        record_id: the record.
        from_version: last version that speaks of the one.
        to_version: first version that speaks of the other.
        reasons: what changed altogether, see :func:`customer_master.resolution.overlay.overlay`.
    """

    record_id: int
    from_version: int
    to_version: int
    reasons: tuple[str, ...]


def read_map(path: Path) -> KeyMap:
    """Read a key map: a CSV file in UTF-8 with the columns ``old`` and ``new``, at most 100,000 lines.

    Raises:
        UsageError: it cannot be read.
        KeyMapError: lines of it are wrong.
    """
    pairs: list[tuple[str, str]] = []
    lines: list[int] = []
    wrong: list[tuple[int, str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not {"old", "new"} <= set(reader.fieldnames or ()):
                raise UsageError(f"{path.name}:1: the columns old and new are missing", "Name them in the first line")
            for row in reader:
                if len(pairs) == LARGEST_MAP:
                    raise UsageError(f"{path.name} has more than {LARGEST_MAP} lines", "Cut it into several maps")
                pair = _key(row["old"]), _key(row["new"])
                if complaint := _complaint(*pair):
                    wrong.append((reader.line_num, complaint))
                pairs.append(pair)
                lines.append(reader.line_num)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}", "Name a readable CSV file") from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(f"{path.name} is no CSV file in UTF-8", "Save it as CSV in UTF-8") from None
    if wrong:
        raise KeyMapError(path.name, wrong)
    if not pairs:
        raise UsageError(f"{path.name} names no key", "Write one pair a line")
    return KeyMap(path.name, tuple(pairs), tuple(lines))


def renumber(engine: Engine, system: str, record_type: str, keys: KeyMap, author: Author) -> int:
    """Follow a source that has renumbered its records: they stay the same records and keep their old keys as aliases.

    The whole map is one change set; the map with its columns swapped takes it back.

    Returns:
        The commit number.

    Raises:
        UsageError: there is no such system.
        KeyMapError: pairs clash with what stands, all of them are listed.
        BusyError: a run is at work on the master.
    """
    with exclusive(engine, "pipeline"), engine.begin() as db:
        system_id = db.execute(
            text("select id from master.source_system where code = :code"), {"code": system}
        ).scalar_one_or_none()
        if system_id is None:
            raise UsageError(f"There is no system {system!r}", "Name one that has delivered something")
        if found := key_map.clashes(db, system_id, record_type, keys.pairs):
            raise KeyMapError(keys.where, [(keys.lines[c.index], _CLASHES[c.what]) for c in found])
        return key_map.renumber(db, system_id, record_type, dict(keys.pairs), author=author)


def overlays(db: Connection, record_ids: Collection[int]) -> list[Overlay]:
    """Find those of the records whose history shows two customers, in order of record and version.

    What another mapping made of the same raw is no word of the source, so such versions are not compared.
    """
    rows = db.execute(text(_SUCCESSIONS), {"ids": list(record_ids)})
    return [
        Overlay(row.record_id, row.from_version, row.to_version, reasons)
        for row in rows
        if (reasons := overlay(from_payload(row.before), from_payload(row.after)))
    ]


def _key(cell: str | None) -> str:
    return unicodedata.normalize("NFC", cell or "").strip()


def _complaint(old: str, new: str) -> str:
    if not old or not new:
        return "a key is missing"
    if old == new:
        return "old and new key are the same"
    return "a key is too long" if max(len(old), len(new)) > _LONGEST_KEY else ""


_SUCCESSIONS = """
with versions as (
  select v.record_id, v.id, v.from_cs, v.batch_id, v.row_no, coalesce(v.evidence, v.payload) as payload
  from master.source_record_version v join master.source_record r on r.id = v.record_id and r.entity = 'party'
  where v.record_id = any(:ids) and not v.payload ? 'erased'),
succession as (
  select record_id, id as to_version, payload as after, lag(id) over past as from_version,
    lag(payload) over past as before, (batch_id, row_no) is distinct from (lag(batch_id) over past,
    lag(row_no) over past) as is_other_raw
  from versions window past as (partition by record_id order by from_cs))
select record_id, from_version, to_version, before, after from succession
where from_version is not null and is_other_raw and before ? 'kind' and after ? 'kind'
order by record_id, to_version
"""
