"""Fills a customer master by the product's own functions, in two processes: what an initial load costs.

In the figure: canonical records made in process; source records with versions, contact points and search entries
(``recording``); blocking keys, the score of each customer's two records; golden values; parties, states, memberships,
golden versions and events (``parties.commit``). Every fifth customer says something else once, so that there is a
history. Not in it: pulling, landing, mapping, checking, and candidates among other customers, which bench-loop has.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from bench.clock_hold import watch_clock
from bench.master_customers import SYSTEMS, incoming
from customer_master.golden.evidence import Evidence
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.resolution.party import values_of
from customer_master.resolution.scoring import Scorer
from customer_master.store import matching, parties, recording
from customer_master.store.clock import Author, last_commit
from customer_master.store.matching import Pair, RecordEvidence
from customer_master.store.parties import ChangeSet, GoldenRow
from hub.collecting import collect_rarely
from hub.documents import ActiveDocuments, load
from hub.pipeline.components import RECORDS_A_COMMIT
from hub.pipeline.pairs import keys_of
from hub.pipeline.record import ROWS_A_COMMIT
from hub.store.database import make_engine
from mappings.canonical import Party, from_payload

PROCESSES = 2
ORG_UNIT = "headquarters"
_CUSTOMERS_AT_ONCE = 500
_CUSTOMERS_A_COMMIT = RECORDS_A_COMMIT // len(SYSTEMS)  # as many as a commit of a run takes
_CHANGED = 5
_AUTHOR = Author("bench")


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling has cost.

    Args:
        wall_s: seconds by the clock.
        cpu_s: CPU seconds of its processes.
        peak_mb: resident memory of the largest.
        held_ms: how long each commit held the clock.
    """

    wall_s: float
    cpu_s: float
    peak_mb: int
    held_ms: list[float]


def fill(url: str, customers: range) -> Filled:
    """Load customers, each with two records.

    Args:
        url: address of the hub's database, with documents applied.
        customers: their numbers, none of which the master has.
    """
    chunks = [customers[at : at + _CUSTOMERS_AT_ONCE] for at in range(0, len(customers), _CUSTOMERS_AT_ONCE)]
    context = multiprocessing.get_context("spawn")
    cpu_before = _cpu()
    with ProcessPoolExecutor(PROCESSES, context, _open, (url,)) as pool:
        list(pool.map(_ready, range(PROCESSES)))  # starting Python is no part of it
        begun = time.monotonic()
        held_ms = [ms for held in pool.map(_load, chunks) for ms in held]
        wall_s = time.monotonic() - begun
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return Filled(round(wall_s, 1), round(_cpu() - cpu_before, 1), largest, held_ms)


def _cpu() -> float:
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Loader:
    """A process that loads."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = make_engine(make_url(url))
        self.documents: ActiveDocuments = load(self.engine)
        self.scorer = Scorer(self.documents.match)
        self.held_ms = watch_clock(self.engine)
        with self.engine.begin() as db:
            self.systems = {s: recording.ensure_system(db, code=s, kind=s, org_unit=ORG_UNIT) for s in SYSTEMS}


_loader: _Loader


def _open(url: str) -> None:
    global _loader  # noqa: PLW0603 - one for each process
    collect_rarely()  # as a run does
    _loader = _Loader(url)


def _ready(_: int) -> None:
    time.sleep(0.5)  # so long that each process takes one


def _load(customers: range) -> list[float]:
    """Load some customers; give how long the commits held the clock."""
    known = [record_all(_loader.engine, _loader.systems[s], s, customers, edition=0) for s in SYSTEMS]
    for part in _parts(known):
        with _loader.engine.begin() as db:
            _create(db, _groups(db, part))
    some = customers[::_CHANGED]
    again = [record_all(_loader.engine, _loader.systems[s], s, some, edition=1) for s in SYSTEMS]
    for part in _parts(again):
        with _loader.engine.begin() as db:
            _change(db, _groups(db, part))
    held = list(_loader.held_ms)
    _loader.held_ms.clear()
    return held


def _parts(known: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """Cut records, system by system, into commits."""
    for at in range(0, len(known[0]), _CUSTOMERS_A_COMMIT):
        yield [ids[at : at + _CUSTOMERS_A_COMMIT] for ids in known]


def record_all(engine: Engine, system_id: int, system: str, customers: Sequence[int], *, edition: int) -> list[int]:
    """Record what a system says of some customers; give the numbers of its records in their order."""
    arrived = incoming(system, customers, edition=edition)
    for at in range(0, len(arrived), ROWS_A_COMMIT):
        with engine.begin() as db:
            part = arrived[at : at + ROWS_A_COMMIT]
            decision = recording.decide(part, recording.lookup(db, system_id, part), {})
            recording.record(db, decision, system_id=system_id, org_unit=ORG_UNIT, actor=_AUTHOR.name)
    with engine.begin() as db:
        keys = [i.record.key for i in arrived]
        return list(db.execute(text(_NUMBERS), {"system": system_id, "keys": keys}).scalars())


_NUMBERS = """
select r.id from unnest(cast(:keys as text[])) with ordinality as asked(key, place)
join master.source_record r on r.system_id = :system and r.record_type = 'customer' and r.native_key = asked.key
order by asked.place
"""


@dataclass(frozen=True, slots=True)
class _Read:
    """One record, read from what is stored of it, once as in a run."""

    evidence: RecordEvidence
    party: Party

    @property
    def record_id(self) -> int:
        return self.evidence.record_id

    @property
    def testimony(self) -> Evidence:
        e = self.evidence
        return Evidence(e.record_id, e.version_id, e.system, e.record_type, e.native_key, e.position, self.party)


_Group = tuple[_Read, ...]
"""The records of one customer."""


def _groups(db: Connection, known: Sequence[Sequence[int]]) -> list[_Group]:
    found = matching.evidence(db, [r for ids in known for r in ids])
    said = {e.record_id: _Read(e, from_payload(e.payload)) for e in found}
    return [tuple(said[r] for r in own) for own in zip(*known, strict=True)]


def _create(db: Connection, groups: Sequence[_Group]) -> None:
    """Make a party of each group."""
    _match(db, groups)
    change = ChangeSet()
    for party, group in zip(count(-1, -1), groups, strict=False):
        change.created[party] = "organisation"
        change.joined.update((e.record_id, (party, "auto")) for e in group)
        change.golden[party] = _golden(group)
        change.events.append(("created", party, {}))
    _commit(db, groups, change)


def _change(db: Connection, groups: Sequence[_Group]) -> None:
    """Bring the golden values of groups that are parties to what their records say now."""
    _match(db, groups)
    party_of = parties.parties_of(db, [group[0].record_id for group in groups])
    change = ChangeSet()
    for group in groups:
        party = party_of[group[0].record_id]
        change.golden[party] = _golden(group)
        change.events.append(("changed", party, {}))
    _commit(db, groups, change)


def _match(db: Connection, groups: Sequence[_Group]) -> None:
    """Store the blocking keys of records, and the score of each customer's pair."""
    known = {e.record_id: values_of(e.party) for group in groups for e in group}
    matching.replace_values(db, known, list(known))
    matching.replace_keys(db, {r: keys_of(own) for r, own in known.items()})
    couples = [tuple(sorted(e.record_id for e in group)) for group in groups]
    found = _loader.scorer.compare(known, [(lo, hi) for lo, hi in couples], lambda _: len(SYSTEMS))
    pairs = [Pair(lo, hi, one.score.weight, one.score.band, one.vector) for (lo, hi), one in found.items()]
    matching.replace_pairs(db, list(known), pairs, _loader.documents.match_hash)


def _golden(group: Iterable[_Read]) -> GoldenRow:
    documents = _loader.documents
    golden = survive([own.testimony for own in group], documents.survivorship)
    return GoldenRow(
        golden.attrs, golden.prov, golden.conflicts, golden_hash(golden.attrs), documents.survivorship_hash
    )


def _commit(db: Connection, groups: Sequence[_Group], change: ChangeSet) -> None:
    matching.dequeue(db, [e.record_id for group in groups for e in group])
    parties.commit(db, change, author=_AUTHOR, kind="resolve", seen_cs=last_commit(db))
