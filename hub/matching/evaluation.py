"""Try the matching engine on a labelled file, and measure what it finds against the truth that it was not shown."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from customer_master.resolution.alarms import Alarm, AlarmKind, alarms
from customer_master.resolution.components import ScoredPairs
from customer_master.resolution.metrics import bcubed, pairwise
from customer_master.resolution.schema import Attribute
from hub.matching.grouping import texts_of
from hub.matching.guessing import Guess
from hub.matching.header_words import IGNORE
from hub.matching.merging import MergePolicy
from hub.matching.opening import open_file
from hub.matching.oracle import Oracle, Pairs
from hub.matching.reading import Records, Texts
from hub.survey.progress import Report, silent

Ints = npt.NDArray[np.int64]


class Resolution(Protocol):
    """What the engine gives back."""

    @property
    def partition(self) -> Ints:
        """For each record the number of its group."""

    @property
    def pairs(self) -> npt.NDArray[Any]:
        """The pairs that were compared."""

    @property
    def held(self) -> npt.NDArray[np.float64]:
        """Bits for each of them, as the merge policy lets them speak."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader of the result should know."""


class Resolve(Protocol):
    """The engine."""

    def __call__(
        self,
        schema: tuple[Attribute, ...],
        columns: Mapping[str, Sequence[Texts]],
        *,
        labels: Oracle | None,
        policy: MergePolicy | None,
        seed: int,
    ) -> Resolution:
        """Resolve the records of a table."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What finding the entities took, reading the file included.

    Args:
        cpu_s: processor seconds, all threads and child processes.
        wall_s: seconds on the clock.
        peak_mb: largest resident memory of the process so far, in 10^6 bytes; that of its largest child is added.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How good it is.

    Args:
        precision: share of the pairs found that are true; labelled pairs are not counted, here and in recall.
        recall: share of the true pairs that are found.
        f1: harmonic mean of both.
        bcubed_f1: the same of the B-cubed figures, which count records instead of pairs (Bagga and Baldwin 1998).
    """

    precision: float
    recall: float
    f1: float
    bcubed_f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The engine tried on a file.

    Args:
        file: its name.
        records: number of records.
        unlabelled: how many of them have no truth; they are resolved, and left out of the figures.
        entities: number of entities in the truth.
        entities_found: number of groups found, over all records.
        candidate_pairs: pairs of records that were compared.
        too_large: groups that are larger than a group may be, or that only this keeps apart: somebody should look.
        bridges: groups of which two parts hang together by a single pair: somebody should look.
        labels: how many pairs the engine could ask about.
        labels_used: how many it did ask about.
        seed: of whatever the engine chooses by chance.
        policy: whether the merge policy was kept.
        figures: how good it is.
        cost: what it took.
        columns: what each column was taken for, in the order of the file.
        attributes: what was compared.
        warnings: what a reader of the figures should know.
    """

    file: str
    records: int
    unlabelled: int
    entities: int
    entities_found: int
    candidate_pairs: int
    too_large: int
    bridges: int
    labels: int
    labels_used: int
    seed: int
    policy: bool
    figures: Figures
    cost: Cost
    columns: tuple[Guess, ...]
    attributes: tuple[Attribute, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give one flat object, the figures and the cost first."""
        own = asdict(self)
        return {**own.pop("figures"), **own.pop("cost"), **own}


@dataclass(frozen=True, slots=True)
class Trial:
    """How to try.

    Args:
        labels: how many pairs the engine may ask about.
        seed: of whatever it chooses by chance.
        policy: keep the hub's merge policy, never to merge by the name alone.
        told: column -> what it is, where the guess is not wanted.
    """

    labels: int
    seed: int
    policy: bool
    told: Mapping[str, str]


def evaluate(path: Path, trial: Trial, resolve: Resolve, report: Report = silent) -> Evaluation:
    """Try the engine on a file.

    Args:
        path: Parquet or CSV with the columns ``rec_id`` and ``truth`` and whatever fields there are.
        trial: how to try.
        resolve: the engine. It is given no truth but the answers of its labeller, and no record ids.
        report: told about the progress.

    Raises:
        UsageError: there is no such file, or a column is told to be what it cannot.
        HubError: the file cannot be read, or nothing in it can be compared.
    """
    started, used = time.perf_counter(), _cpu_seconds()
    report("read", 0, 1)
    opened = open_file(path, trial.told)
    report("read", 1, 1)
    records, columns, schema = opened.records, opened.columns, opened.schema
    oracle = Oracle(records.truth, trial.labels)
    report("resolve", 0, 1)
    texts = texts_of(schema, records.columns)
    labels = oracle if trial.labels else None
    policy = MergePolicy(schema, texts) if trial.policy else None
    found = resolve(schema, texts, labels=labels, policy=policy, seed=trial.seed)
    report("resolve", 1, 1)
    cost = Cost(round(_cpu_seconds() - used, 2), round(time.perf_counter() - started, 2), _peak_mb())
    alarming = [alarm.kind for alarm in _alarms(found)]
    return Evaluation(
        file=path.name,
        records=len(records),
        unlabelled=int((records.truth < 0).sum()),
        entities=len(np.unique(records.truth[records.truth >= 0])),
        entities_found=len(np.unique(found.partition)),
        candidate_pairs=len(found.pairs),
        too_large=alarming.count(AlarmKind.SIZE),
        bridges=alarming.count(AlarmKind.BRIDGE),
        labels=trial.labels,
        labels_used=len(oracle.asked),
        seed=trial.seed,
        policy=trial.policy,
        figures=measure(records.truth, found.partition, oracle.asked),
        cost=cost,
        columns=columns,
        attributes=schema,
        warnings=(*records.warnings, *_doubts(records, columns), *found.warnings),
    )


def _alarms(found: Resolution) -> Sequence[Alarm]:
    pairs = ScoredPairs(found.pairs[:, 0], found.pairs[:, 1], found.held)
    return alarms(np.arange(len(found.partition)), found.partition, pairs)


def measure(truth: Ints, found: Ints, asked: Pairs) -> Figures:
    """Measure a partition against the truth.

    Args:
        truth: number of each record's entity; -1 where it is not known: such records are left out.
        found: number of each record's group.
        asked: pairs that were labelled, left out of the figures of pairs.
    """
    known = np.flatnonzero(truth >= 0)
    place = np.full(len(truth), -1, np.int64)
    place[known] = np.arange(len(known))
    labelled = place[asked]
    pairs = pairwise(found[known], truth[known], labelled[(labelled >= 0).all(axis=1)])
    figures = (pairs.precision, pairs.recall, pairs.f1, bcubed(found[known], truth[known]).f1)
    return Figures(*(round(figure, 4) for figure in figures))


def _doubts(records: Records, columns: Sequence[Guess]) -> list[str]:
    """Say what makes the figures worth less than they look."""
    doubts = []
    truth = records.truth[records.truth >= 0]
    if len(truth) == len(np.unique(truth)):
        doubts.append("no two records have the same truth: there is nothing to find")
    if all(guess.kind == IGNORE or guess.why == "nothing better" for guess in columns):
        doubts.append("no column was recognised: say what they are with --map column=kind")
    return doubts


def _cpu_seconds() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    """Give the largest resident memory so far; macOS counts it in bytes, others in KiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round((own + child) * unit / 1e6, 1)
