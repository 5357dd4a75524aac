"""The account of a run: what became of every record and every delivery, from stored rows, never by subtraction.

A run is *open* while anything is pending, then *green*, or *red* if one record has no fate, a dead letter is missing
or a system could not be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from hub.errors import UsageError

_MANNERS = {"fresh": "", "remap": "re-mapped ", "replay": "replayed "}


@dataclass(slots=True)
class Account:
    """One run's account.

    Args:
        run: number of the run.
        state: open, green or red.
        sources: system -> stream -> fate -> rows; also ``landed`` and, after a failed pull, ``error``.
        targets: target -> state -> deliveries.
        dead_letters: cause -> how many, with a sample message.
        warnings: quality rule -> rows it warns about; they were recorded all the same.
        problems: why the account is red or open, one sentence each.
        seconds: step -> seconds.
    """

    run: int
    state: str
    sources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    targets: dict[str, dict[str, int]] = field(default_factory=dict)
    dead_letters: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the account for machines."""
        return asdict(self)


def account(db: Connection, run_id: int) -> Account:
    """Draw up the account of a run as things stand now.

    Raises:
        UsageError: there is no such run.
    """
    row = db.execute(text("select seconds from hub.run where id = :run"), {"run": run_id}).one_or_none()
    if row is None:
        raise UsageError(f"There is no run {run_id}", "List the runs with: hub runs")
    result = Account(run_id, "green", seconds={k: round(v, 2) for k, v in row.seconds.items()})
    _read_sources(db, result)
    _read_targets(db, result)
    _read_dead_letters(db, result)
    _read_warnings(db, result)
    wrong = [sentence for check in _WRONG for sentence in _sentences(db, check, run_id)]
    pending = [sentence for check in _PENDING for sentence in _sentences(db, check, run_id)]
    result.problems = wrong + pending
    result.state = "red" if wrong else "open" if pending else "green"
    return result


def together(accounts: Sequence[Account]) -> Account:
    """Put the accounts of several runs into one, such as those of one round of a schedule.

    Args:
        accounts: at least one, in the order of their runs; the last one's number stands for all.
    """
    states = {account.state for account in accounts}
    result = Account(accounts[-1].run, next(state for state in ("red", "open", "green") if state in states))
    for one in accounts:
        for system, streams in one.sources.items():
            for stream, own in streams.items():
                _add(result.sources.setdefault(system, {}).setdefault(stream, {}), own)
        for target, own in one.targets.items():
            _add(result.targets.setdefault(target, {}), own)
        _add(result.warnings, one.warnings)
        _add(result.seconds, one.seconds)
        result.dead_letters += one.dead_letters
        result.problems += one.problems
    result.seconds = {step: round(taken, 2) for step, taken in result.seconds.items()}
    return result


def _add(total: dict[str, Any], own: Mapping[str, Any]) -> None:
    for name, value in own.items():
        total[name] = value if isinstance(value, str) else total.get(name, 0) + value


def _read_sources(db: Connection, result: Account) -> None:
    run = {"run": result.run}
    for row in db.execute(
        text(
            "select system, stream, state, error ->> 'message' as error from hub.pull where run_id = :run order by 1, 2"
        ),
        run,
    ):
        own = result.sources.setdefault(row.system, {}).setdefault(row.stream, {"landed": 0})
        if row.error:
            own["error"] = row.error
    for row in db.execute(
        text("select system, stream, sum(rows) n from hub.landing_batch where run_id = :run group by 1, 2"), run
    ):
        result.sources.setdefault(row.system, {}).setdefault(row.stream, {})["landed"] = int(row.n)
    for row in db.execute(
        text(
            "select b.system, b.stream, p.kind, f.fate, count(*) n from hub.mapping_pass p"
            " join hub.landing_batch b on b.id = p.batch_id join hub.fate f on f.pass_id = p.id"
            " where p.run_id = :run group by 1, 2, 3, 4 order by 1, 2, 3, 4"
        ),
        run,
    ):
        own = result.sources.setdefault(row.system, {}).setdefault(row.stream, {"landed": 0})
        name = f"{_MANNERS[row.kind]}{row.fate}"
        own[name] = row.n


def _read_targets(db: Connection, result: Account) -> None:
    for row in db.execute(
        text(
            "select d.target, o.state, o.action, count(*) n from hub.delivery_outcome o"
            " join hub.delivery d on d.id = o.delivery_id where o.run_id = :run group by 1, 2, 3 order by 1, 2, 3"
        ),
        {"run": result.run},
    ):
        own = result.targets.setdefault(row.target, {})
        own[row.state] = own.get(row.state, 0) + row.n
        if row.state == "delivered":
            done = {"create": "created", "update": "updated", "none": "confirmed"}[row.action]
            own[done] = own.get(done, 0) + row.n


def _read_dead_letters(db: Connection, result: Account) -> None:
    result.dead_letters = [
        dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way to a dict
        for row in db.execute(
            text(
                "select kind, system, stream, cause, field, count(*) as count,"
                " (array_agg(origin order by id))[1] as origin, min(message) as message, min(remedy) as remedy"
                " from hub.dead_letter where run_id = :run group by 1, 2, 3, 4, 5 order by 6 desc, 1, 2, 3, 4, 5"
            ),
            {"run": result.run},
        )
    ]


def _read_warnings(db: Connection, result: Account) -> None:
    rows = db.execute(
        text(
            "select w.key, sum(w.value::int) n from hub.mapping_pass p, jsonb_each_text(p.warnings) w"
            " where p.run_id = :run group by 1 order by 1"
        ),
        {"run": result.run},
    )
    result.warnings = {row.key: int(row.n) for row in rows}


def _sentences(db: Connection, check: str, run_id: int) -> list[str]:
    return [str(row[0]) for row in db.execute(text(check), {"run": run_id})]


_WRONG = (
    "select error from hub.run where id = :run and error is not null",
    "select error ->> 'message' from hub.pull where run_id = :run and state = 'failed' group by 1",
    # every expected row has its fate, and none besides
    """
    select format('%s.%s: %s rows have no fate in pass %s', b.system, b.stream, p.expected - count(f.row_no), p.id)
    from hub.mapping_pass p join hub.landing_batch b on b.id = p.batch_id left join hub.fate f on f.pass_id = p.id
    where p.run_id = :run and p.state = 'done' group by b.system, b.stream, p.id, p.expected
    having count(f.row_no) <> p.expected
    """,
    """
    select format('%s.%s: batch %s has %s rows, its pass expects %s', b.system, b.stream, b.id, b.rows, p.expected)
    from hub.mapping_pass p join hub.landing_batch b on b.id = p.batch_id
    where p.run_id = :run and p.kind = 'fresh' and p.expected <> b.rows
    """,
    # what is not good news has its dead letter
    """
    select format('%s.%s: %s %s rows have no dead letter', b.system, b.stream, count(*), f.fate)
    from hub.mapping_pass p join hub.landing_batch b on b.id = p.batch_id join hub.fate f on f.pass_id = p.id
    left join hub.dead_letter d on d.pass_id = f.pass_id and d.row_no = f.row_no
    where p.run_id = :run and f.fate in ('rejected','quarantined') and d.id is null
    group by b.system, b.stream, f.fate
    """,
    """
    select format('%s: %s parked deliveries have no dead letter', d.target, count(*))
    from hub.delivery_outcome o join hub.delivery d on d.id = o.delivery_id
    where o.run_id = :run and o.state = 'parked'
    and not exists (select 1 from hub.dead_letter l where l.delivery_id = d.id)
    group by d.target
    """,
)

_PENDING = (
    """
    select format('%s.%s: batch %s is landed but not mapped', b.system, b.stream, b.id)
    from hub.landing_batch b where b.run_id = :run
    and not exists (select 1 from hub.mapping_pass p where p.batch_id = b.id and p.kind = 'fresh')
    """,
    """
    select format('%s.%s: pass %s is not through', b.system, b.stream, p.id)
    from hub.mapping_pass p join hub.landing_batch b on b.id = p.batch_id where p.run_id = :run and p.state = 'open'
    """,
    """
    select format('%s: %s deliveries are %s', d.target, count(*), o.state)
    from hub.delivery_outcome o join hub.delivery d on d.id = o.delivery_id
    where o.run_id = :run and o.state in ('pending','in-doubt') group by d.target, o.state
    """,
)
