"""Attributes that survive together: the records stand for election, each with its own values of the group."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from customer_master.golden.election import Election, Fallen, Outcome, elect, survive_alone
from customer_master.golden.evidence import Candidate, Evidence, candidates
from customer_master.golden.policy import Group, SurvivorshipPolicy

Values = Mapping[str, Sequence[Candidate]]


def survive_together(
    name: str, group: Group, evidence: Sequence[Evidence], policy: SurvivorshipPolicy
) -> dict[str, Outcome]:
    """Elect the record that gives all values of a group.

    Args:
        name: name of the group.
        group: its attributes and steps.
        evidence: the party's.
        policy: the survivorship document.

    Returns:
        The outcome of every attribute of the group that anybody says anything about.
    """
    said: dict[str, list[Candidate]] = {a: values for a in group.attributes if (values := candidates(a, evidence))}
    own = {e.record_id: _own(e, said, group, policy) for e in evidence}
    donors = [_donor(e, own[e.record_id]) for e in evidence if any(x.winner for x in own[e.record_id].values())]
    election = elect(name, donors, group, policy) if donors else None
    if election is None or election.winner is None:  # a filter lets nothing pass
        return {a: survive_alone(a, values, group, policy) for a, values in said.items()}
    outcomes: dict[str, Outcome] = {}
    for attribute, values in said.items():
        ballot = own[election.winner.evidence.record_id].get(attribute)
        if group.fill and (ballot is None or ballot.winner is None):
            filled = survive_alone(attribute, values, group, policy)
            outcomes[attribute] = filled._replace(rule=f"{name}.fill", why="fill")
            continue
        outcomes[attribute] = Outcome(
            winner=ballot.winner if ballot else None,
            version_id=election.winner.evidence.version_id,
            rule=f"{name}.{election.why}",
            why=election.why if election.why in ("only", "agreed") else "group",
            number=len(values),
            critical=group.critical,
            fallen=_fallen(attribute, election, own),
        )
    return outcomes


def _own(e: Evidence, said: Values, group: Group, policy: SurvivorshipPolicy) -> dict[str, Election]:
    """Let each attribute of one record be represented by the best of the record's own values."""
    mine = {a: [c for c in values if c.evidence is e] for a, values in said.items()}
    return {a: elect(a, values, group, policy, said[a]) for a, values in mine.items() if values}


def _donor(e: Evidence, own: Mapping[str, Election]) -> Candidate:
    values = {a: ballot.winner for a, ballot in sorted(own.items()) if ballot.winner}
    return Candidate(
        evidence=e,
        value={a: c.value for a, c in values.items()},
        meaning=json.dumps({a: c.meaning for a, c in values.items()}),
        valid=all(c.valid for c in values.values()),
        filled=sum(c.filled for c in values.values()),
        length=sum(c.length for c in values.values()),
    )


def _fallen(attribute: str, election: Election, own: Mapping[int, Mapping[str, Election]]) -> tuple[Fallen, ...]:
    """List an attribute's losers: a record fell with all it says, the winner's other values fell inside it."""
    records = {f.candidate.evidence.record_id: f for f in election.fallen}
    found: list[Fallen] = []
    for record, ballots in own.items():
        if attribute in ballots:
            ballot = ballots[attribute]
            if record in records and ballot.winner:
                found.append(records[record]._replace(candidate=ballot.winner))
            found += ballot.fallen
    return tuple(found)
