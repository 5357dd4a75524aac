"""What each step of a survivorship rule measures, and what a value that fell at it would have needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from customer_master.golden.evidence import Candidate
from customer_master.golden.policy import Rule, Step, SurvivorshipPolicy, rank

_OF_MEANING = frozenset({Step.MOST_FREQUENT, Step.UNANIMOUS})
_KEEPING_THE_LAST = frozenset(Step) - {Step.ONLY_VALID}
_NO_STEP: frozenset[Step] = frozenset()

_DAY_S = 86_400
_WITH_A_UNIT = {
    Step.TRUST,
    Step.MOST_RECENT,
    Step.OLDEST,
    Step.MOST_FREQUENT,
    Step.MOST_COMPLETE,
    Step.LONGEST,
    Step.SHORTEST,
}
_CHECKED = {
    "uscc": "a unified social credit code that passes its checks",
    "name": "a valid unified social credit code in the same record, and to stand there as the registered name",
    "phone": "a number of a known kind, e.g. landline or mobile",
    "address": "an address whose region is known",
}


def idle(values: int, meanings: int) -> frozenset[Step]:
    """Tell which steps need not be asked, since they would keep all of the values.

    Args:
        values: number of values, at least one.
        meanings: number of different meanings among them.
    """
    if values == 1:
        return _KEEPING_THE_LAST
    return _OF_MEANING if meanings == 1 else _NO_STEP


class Ranking:
    """How the steps of one rule rank the values that stand for election.

    Args:
        attribute: what is elected: an attribute or a group.
        everyone: all values, also those that fell at an earlier step; they are counted and give the newest change.
        rule: rule of the attribute or the group.
        policy: the survivorship document.
    """

    def __init__(self, attribute: str, everyone: Sequence[Candidate], rule: Rule, policy: SurvivorshipPolicy) -> None:
        self._attribute = attribute
        self._everyone = everyone
        self._steps = rule.steps
        self._sources = rule.sources or policy.sources
        self._policy = policy

    def divide(self, step: Step, standing: Sequence[Candidate]) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
        """Divide values by a step that is not :func:`idle` into those it leaves standing and those that fall.

        A filter may leave none standing.
        """
        measure, choose = _MEASURES[step]
        measures = [measure(self, c) for c in standing]
        best = choose(measures)
        if measures.count(best) == len(measures):
            return standing, ()
        left: list[Candidate] = []
        others: list[Candidate] = []
        for measured, c in zip(measures, standing, strict=True):
            (left if measured == best else others).append(c)
        return left, others

    def needs(self, step: Step | None, loser: Candidate, best: Candidate | None) -> str:
        """Say what would have to change for a value to win at the step at which it fell.

        Args:
            step: that step; ``None`` for the fixed end.
            loser: the value that fell.
            best: one that it left standing, if any.
        """
        if step is None:
            return f"an advantage at one of the steps {', '.join(self._steps)}: it equals the winner in all of them"
        if step in (Step.VALID_FIRST, Step.ONLY_VALID):
            return _CHECKED.get(self._attribute, "values that pass their checks")
        if best is None:  # unanimous is the other filter
            return "every source that says anything to say this"
        return _COMPARED[step](self, loser, best)

    def margin(self, step: Step | None, loser: Candidate, best: Candidate | None) -> float | None:
        """Tell by how much a value fell short: points of trust, days, systems, parts or characters."""
        if best is None or step not in _WITH_A_UNIT:
            return None
        own, other = (self._number(step, c) for c in (loser, best))
        return None if own is None or other is None else round(abs(own - other), 3)

    def _number(self, step: Step, c: Candidate) -> float | None:
        if step in (Step.MOST_RECENT, Step.OLDEST):
            seconds = _seconds(c)
            return None if seconds is None else seconds / _DAY_S
        measure, _ = _MEASURES[step]
        measured = measure(self, c)
        return float(measured[0] if step is Step.MOST_FREQUENT else measured)

    def rank(self, c: Candidate) -> int:
        """Give the place of a value's source in the list of trust."""
        return rank(self._sources, c.evidence.system, c.evidence.record_type)

    def source(self, c: Candidate) -> str:
        """Name a value's source as the list of trust names it."""
        place = self.rank(c)
        return self._sources[place] if place < len(self._sources) else c.evidence.system

    def trust(self, c: Candidate) -> float:
        """Give the trust in a value, aged against the newest of all of them.

        Not against the clock: then a golden value would change although no record did.
        """
        trust = self._policy.trust_in(c.evidence.system, c.evidence.record_type)
        if trust is None:
            return 0.0
        own = _seconds(c)
        return trust.after(None if own is None or self._newest is None else (self._newest - own) / _DAY_S)

    def witnesses(self, c: Candidate) -> tuple[int, int]:
        """Count the independent systems that say the same, and their records."""
        systems = self._systems[c.meaning]
        independent = self._policy.independent(systems)
        return len(independent), sum([len(systems[system]) for system in independent])

    @cached_property
    def _systems(self) -> dict[str, dict[str, set[int]]]:
        """Meaning -> system -> records that say it."""
        found: dict[str, dict[str, set[int]]] = {}
        for c in self._everyone:
            found.setdefault(c.meaning, {}).setdefault(c.evidence.system, set()).add(c.evidence.record_id)
        return found

    @cached_property
    def _newest(self) -> float | None:
        return max((s for c in self._everyone if (s := _seconds(c)) is not None), default=None)


def _seconds(c: Candidate) -> float | None:
    """Read the source position as a time (s since 1970, UTC); a sequence number is none."""
    try:
        moment = datetime.fromisoformat(c.evidence.position)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _pass(_: list[bool]) -> bool:
    """Give what a filter asks of every value, however good the best of them is."""
    return True


_MEASURES: dict[Step, tuple[Callable[[Ranking, Candidate], Any], Callable[[list[Any]], Any]]] = {
    Step.VALID_FIRST: (lambda _, c: c.valid, max),
    Step.ONLY_VALID: (lambda _, c: c.valid, _pass),
    Step.ACTIVE_FIRST: (lambda _, c: c.evidence.party.active, max),
    Step.SOURCE_RANK: (Ranking.rank, min),
    Step.TRUST: (Ranking.trust, max),
    Step.MOST_RECENT: (lambda _, c: c.evidence.position, max),
    Step.OLDEST: (lambda _, c: c.evidence.position, min),
    Step.MOST_FREQUENT: (Ranking.witnesses, max),
    Step.MOST_COMPLETE: (lambda _, c: c.filled, max),
    Step.LONGEST: (lambda _, c: c.length, max),
    Step.SHORTEST: (lambda _, c: c.length, min),
    Step.UNANIMOUS: (lambda _, __: False, _pass),  # idle if all say the same
}
"""What each step measures of a value, and what it takes to be left standing."""


def _ranked_needs(ranking: Ranking, loser: Candidate, best: Candidate) -> str:
    return f"the same value from {ranking.source(best)}, which stands before {ranking.source(loser)} in sources"


def _trust_needs(ranking: Ranking, loser: Candidate, best: Candidate) -> str:
    return f"a trust above {ranking.trust(best):g}; its source {loser.evidence.system} has {ranking.trust(loser):g}"


def _frequency_needs(ranking: Ranking, loser: Candidate, best: Candidate) -> str:
    (systems, records), (most, most_records) = ranking.witnesses(loser), ranking.witnesses(best)
    if systems < most:
        return f"{most - systems + 1} more independent systems to say the same: {systems} now, the winner {most}"
    return f"{most_records - records + 1} more records to say the same: {records} now, the winner {most_records}"


def _completeness_needs(_: Ranking, loser: Candidate, best: Candidate) -> str:
    if loser.filled < 0:
        return "its remark taken out of the name"
    return f"more than {best.filled} of its parts filled; it has {loser.filled}"


_COMPARED: dict[Step, Callable[[Ranking, Candidate, Candidate], str]] = {
    Step.ACTIVE_FIRST: lambda _, __, ___: "its record to be active in the source",
    Step.SOURCE_RANK: _ranked_needs,
    Step.TRUST: _trust_needs,
    Step.MOST_RECENT: lambda _, __, best: f"a change in its source after {best.evidence.position}",
    Step.OLDEST: lambda _, __, best: f"no change in its source since before {best.evidence.position}",
    Step.MOST_FREQUENT: _frequency_needs,
    Step.MOST_COMPLETE: _completeness_needs,
    Step.LONGEST: lambda _, __, best: f"a text of more than {best.length} characters",
    Step.SHORTEST: lambda _, __, best: f"a text of fewer than {best.length} characters",
}
