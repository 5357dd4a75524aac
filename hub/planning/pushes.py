"""What the next publishing would write into each target, taken down by a sink that reaches nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, text

from connectors.base import Change, Found, WriteResult
from customer_master.store.recording import ensure_system
from customer_master.store.tables import OPEN
from hub.delivery.fold import fold
from hub.delivery.send import send
from hub.errors import HubError
from hub.pipeline.work import Work
from hub.planning.contents import SAMPLES
from hub.project import Connection as System
from hub.project import Subscription
from hub.web.masking import mask_value


@dataclass(frozen=True, slots=True)
class Push:
    """One write into a target.

    Args:
        customer: customer number.
        key: the target's key of the record, ``None``: it would be created.
        document: what would be written, in the target's shape; of persons masked.
    """

    customer: str
    key: str | None
    document: Any


@dataclass(slots=True)
class Pushes:
    """What one subscription would write.

    Args:
        subscription: its name.
        target: system it writes to.
        creates: how many records would be made.
        updates: how many would be changed.
        fields: field or list of the target -> how many updates write it.
        samples: some of the writes.
        unwritable: what the mapping cannot write -> how many records are parked for it.
        unsettled: earlier writes whose outcome is unknown: the target is asked about them first.
        refused: why nothing would be written, empty if it would.
    """

    subscription: str
    target: str
    creates: int = 0
    updates: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    samples: list[Push] = field(default_factory=list)
    unwritable: dict[str, int] = field(default_factory=dict)
    unsettled: int = 0
    refused: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing would be written or parked."""
        return not (self.creates or self.updates or self.unwritable)


def planned_pushes(work: Work) -> list[Pushes]:
    """Fold the master's events for every subscription and take down what would be sent; the run is a scratch copy's."""
    return [_planned(work, subscription) for subscription in work.documents.subscriptions]


def _planned(work: Work, subscription: Subscription) -> Pushes:
    found = Pushes(subscription.subscription, subscription.target)
    connection = work.documents.connections[subscription.target]
    if connection.stage == "prod" and work.settings.stage != "prod":
        found.refused = f"{subscription.target} is marked prod, this installation is stamped {work.settings.stage}"
        return found
    sink = _Notebook()
    try:
        _send(work, subscription, connection, sink)
    except HubError as error:
        found.refused = str(error)
    with work.engine.connect() as db:
        found.unsettled = db.execute(text(_UNSETTLED), {"target": subscription.target}).scalar_one()
        parked = db.execute(text(_PARKED), {"target": subscription.target, "run": work.run_id})
        found.unwritable = {row.message: row.records for row in parked}
        found.samples = _samples(db, connection.connection, sink.changes[:SAMPLES])
    found.creates = sum(change.key is None for change in sink.changes)
    found.updates = len(sink.changes) - found.creates
    written = Counter(name for c in sink.changes if c.key is not None for name in _fields(c.document))
    found.fields = dict(written.most_common())
    return found


def _send(work: Work, subscription: Subscription, connection: System, sink: _Notebook) -> None:
    with work.engine.begin() as db:
        system_id = ensure_system(db, code=connection.connection, kind=connection.kind, org_unit=connection.org_unit)
    fold(work, subscription, system_id, connection.org_unit)
    send(work, subscription, sink)


class _Notebook:
    """A sink that writes nowhere: every record is as if somebody else had just changed it."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def write(self, stream: str, changes: Sequence[Change]) -> Iterator[WriteResult]:  # noqa: ARG002 - the contract's
        for change in changes:
            self.changes.append(change)
            yield WriteResult(change.correlation, "stale")

    def probe(self, stream: str, correlations: Sequence[str]) -> Mapping[str, Found]:  # noqa: ARG002 - the contract's
        return {}


def _fields(document: Mapping[str, Any]) -> set[str]:
    """Name what an update writes: fields it sets, lists it adds to or replaces in."""
    return {name for act in ("set", "add", "replace") for name in document.get(act, ())}


def _samples(db: Connection, target: str, changes: Sequence[Change]) -> list[Push]:
    given = {"target": target, "open": OPEN, "correlations": [change.correlation for change in changes]}
    rows: dict[str, Row[Any]] = {row.correlation: row for row in db.execute(text(_CUSTOMERS), given)}
    return [
        Push(
            rows[change.correlation].public_id,
            change.key,
            mask_value(change.document) if rows[change.correlation].kind == "person" else dict(change.document),
        )
        for change in changes
    ]


_UNSETTLED = "select count(*) from hub.delivery where target = :target and state in ('sent','in-doubt')"

_PARKED = """
select message, count(*) as records from hub.dead_letter where run_id = :run and system = :target and kind = 'parked'
group by message order by records desc, message
"""

_CUSTOMERS = """
select coalesce(r.correlation, 'HUB-' || r.id) as correlation, p.public_id, p.kind
from master.source_record r join master.source_system s on s.id = r.system_id and s.code = :target
join master.membership m on m.record_id = r.id and m.to_cs = :open join master.party p on p.id = m.party_id
where coalesce(r.correlation, 'HUB-' || r.id) = any(:correlations)
"""
