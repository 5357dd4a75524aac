"""Why two records of a file are one or two: the waterfall of their score, and what became of the pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_master.resolution.components import ScoredPairs
from customer_master.resolution.engine import Resolution, held, resolve
from customer_master.resolution.laws import BANDS, Band
from customer_master.resolution.linking_path import linking_path
from customer_master.resolution.sentences import SENTENCES
from customer_master.resolution.table import Ints
from customer_master.resolution.waterfall import Waterfall, Written, waterfall
from hub.errors import HubError, UsageError
from hub.matching.evaluation import Trial
from hub.matching.grouping import texts_of
from hub.matching.merging import MergePolicy
from hub.matching.opening import Opened, open_file
from hub.matching.oracle import Oracle
from hub.matching.reading import RECORD, Records
from hub.survey.progress import Report, silent

_HELP = "Say what the columns are with --map column=kind"
_CERTAIN = 20.0  # bits of an answered pair


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain through which two records came into one group.

    Args:
        left: id of a record.
        right: id of the next one.
        bits: what speaks for the two being one party.
    """

    left: str
    right: str
    bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair, explained.

    Args:
        file: name of the file.
        left: id of the one record.
        right: id of the other.
        waterfall: the steps to its score.
        is_candidate: whether the pair was compared at all.
        allowed: the most that the merge policy lets the two be; none where it was not kept.
        is_one_group: whether the two ended in one group.
        because_of: an ``answer`` to a question about the pair; the pair ``itself``; else the ``chain`` of records that
            links the two, or ``others`` of their groups, which keep them apart.
        chain: the links of that chain.
        warnings: what a reader of the scores should know.
    """

    file: str
    left: str
    right: str
    waterfall: Waterfall
    is_candidate: bool
    allowed: Band | None
    is_one_group: bool
    because_of: Literal["answer", "itself", "chain", "others"]
    chain: tuple[Link, ...]
    warnings: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """What became of the pair, as English sentences."""
        keys = [] if self.is_candidate else ["pair.none"]
        if self.allowed is not None:
            keys.append(f"allowed.{self.allowed}")
        keys.append(f"{'together' if self.is_one_group else 'apart'}.{self.because_of}")
        return tuple(SENTENCES[key] for key in keys)

    def to_json(self, say: Callable[[str], str]) -> dict[str, Any]:
        """Give one object, the score first.

        Args:
            say: puts an English sentence into the reader's language.
        """
        own = asdict(self)
        own["waterfall"] = [{**asdict(step), "says": say(step.sentence)} for step in self.waterfall.steps]
        return {"score": self.waterfall.score, **own, "findings": [say(finding) for finding in self.findings]}


def explain(path: Path, pair: tuple[str, str], trial: Trial, report: Report = silent) -> Explanation:
    """Resolve the records of a file, then explain two of them.

    Args:
        path: Parquet or CSV with the columns ``rec_id`` and ``truth`` and whatever fields there are.
        pair: the ids of the two records.
        trial: how to resolve.
        report: told about the progress.

    Raises:
        UsageError: there is no such file or record, both are one, or a column is told to be what it cannot.
        HubError: the file cannot be read, or no two records in it can be compared.
    """
    if pair[0] == pair[1]:
        raise UsageError(f"{pair[0]} is named twice: a record is not compared with itself", "Name two records")
    report("read", 0, 1)
    opened = open_file(path, trial.told)
    places = _place(path, opened.records, pair[0]), _place(path, opened.records, pair[1])
    report("read", 1, 1)
    oracle = Oracle(opened.records.truth, trial.labels)
    texts = texts_of(opened.schema, opened.records.columns)
    report("resolve", 0, 1)
    labels = oracle if trial.labels else None
    policy = MergePolicy(opened.schema, texts) if trial.policy else None
    found = resolve(opened.schema, texts, labels=labels, policy=policy, seed=trial.seed)
    report("resolve", 1, 1)
    if not len(found.pairs):
        raise HubError(f"{path.name}: no two records share a blocking key, so nothing says what a level weighs", _HELP)
    case = _Case(opened, oracle, found, places, policy)
    return case.explained(path.name, _written(texts, places[0]), _written(texts, places[1]))


def _place(path: Path, records: Records, name: str) -> int:
    place = pc.index(records.ids, pa.scalar(name, pa.large_string())).as_py()
    if place < 0:
        raise UsageError(f"{path.name}: there is no record {name!r}", f"Name two values of the column {RECORD}")
    return int(place)


def _written(texts: dict[str, tuple[Any, ...]], place: int) -> Written:
    cells = {name: [column[place].as_py() for column in columns] for name, columns in texts.items()}
    return {name: [cell for cell in own if cell is not None] for name, own in cells.items()}


@dataclass(frozen=True, slots=True)
class _Case:
    """A pair within what was found."""

    opened: Opened
    oracle: Oracle
    found: Resolution
    places: tuple[int, int]
    policy: MergePolicy | None

    def explained(self, file: str, left: Written, right: Written) -> Explanation:
        """Put everything together."""
        steps = waterfall(self.found.table, self.found.weights, self.places, left, right)
        own = _number(self.found.pairs, self.places)
        if own is not None:
            steps = steps.learnt(float(self.found.scores[own])).held(float(self.found.held[own]))
        most = None if self.policy is None else self.policy(*np.array([self.places]).T)
        if own is None and most is not None:
            steps = steps.held(float(held(np.array([steps.score]), most, asked=len(self.oracle.asked) > 0)[0]))
        together = bool(self.found.partition[self.places[0]] == self.found.partition[self.places[1]])
        reason = self._reason(together, speaks=own is not None and steps.score > 0)
        return Explanation(
            file=file,
            left=self._name(self.places[0]),
            right=self._name(self.places[1]),
            waterfall=steps,
            is_candidate=own is not None,
            allowed=None if most is None else BANDS[most[0]],
            is_one_group=together,
            because_of=reason,
            chain=self._chain() if reason == "chain" else (),
            warnings=(*self.opened.records.warnings, *self.found.warnings),
        )

    def _reason(self, together: bool, *, speaks: bool) -> Literal["answer", "itself", "chain", "others"]:
        if _number(self.oracle.asked, self.places) is not None:
            return "answer"
        if speaks == together:
            return "itself"
        return "chain" if together else "others"

    def _name(self, place: int) -> str:
        return str(self.opened.records.ids[place])

    def _chain(self) -> tuple[Link, ...]:
        """Find the records that link the two, by what clustering saw of their group."""
        links = self._links()
        ends = zip(links.left.tolist(), links.right.tolist(), strict=True)
        bits = dict(zip(ends, links.bits.tolist(), strict=True))
        return tuple(
            Link(self._name(a), self._name(b), round(bits[min(a, b), max(a, b)], 2))
            for a, b in pairwise(linking_path(links, *self.places))
        )

    def _links(self) -> ScoredPairs:
        group = self.found.partition == self.found.partition[self.places[0]]
        inside = group[self.found.pairs].all(axis=1)
        pairs, scores = self.found.pairs[inside], self.found.held[inside].copy()
        for pair in self.oracle.asked[group[self.oracle.asked].all(axis=1)].tolist():
            scores[_number(pairs, pair)] = _CERTAIN  # of one group, so they were answered to be one
        speaking = scores > 0
        return ScoredPairs(pairs[speaking, 0], pairs[speaking, 1], scores[speaking])


def _number(pairs: Ints, pair: tuple[int, int]) -> int | None:
    """Give the place of a pair among many, whose smaller record comes first."""
    found = np.flatnonzero((pairs == sorted(pair)).all(axis=1))
    return int(found[0]) if len(found) else None
