"""How well a partition of the source records agrees with the truth, in all and for each kind."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass

from rich.table import Table

from hub.demo.landscape.sources import RecordRef
from hub.demo.landscape.truth import Truth


@dataclass(frozen=True, slots=True)
class KindResult:
    """How one kind fared.

    Args:
        label: ``M`` should be together, ``L`` and ``X`` apart.
        kind: of disguise or neighbourhood.
        pairs: pairs of this kind.
        together: those that the partition puts together.
        with_evidence: M only: pairs that share something besides the name.
        together_with_evidence: those of them that the partition puts together.
    """

    label: str
    kind: str
    pairs: int
    together: int
    with_evidence: int
    together_with_evidence: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Agreement of a partition with the truth, counted in pairs of records.

    Args:
        records: records in the truth.
        missing: records of the truth that the partition does not place; they count as alone.
        customers: true customers.
        parties: parties of the partition that hold records of the truth.
        true_pairs: pairs of records of one customer.
        merged_pairs: pairs of records put together.
        right_pairs: pairs in both.
        evidence_pairs: true pairs that share evidence besides the name.
        right_evidence_pairs: those put together.
        true_pairs_without_identifier: true pairs that share no identifier.
        l_merges: related customers' pairs put together.
        x_merges: look-alikes' pairs put together.
        kinds: each kind's own figures.
    """

    records: int
    missing: int
    customers: int
    parties: int
    true_pairs: int
    merged_pairs: int
    right_pairs: int
    evidence_pairs: int
    right_evidence_pairs: int
    true_pairs_without_identifier: int
    l_merges: int
    x_merges: int
    kinds: tuple[KindResult, ...]

    @property
    def precision(self) -> float:
        """Share of the pairs put together that belong together."""
        return _ratio(self.right_pairs, self.merged_pairs)

    @property
    def recall(self) -> float:
        """Share of the true pairs put together."""
        return _ratio(self.right_pairs, self.true_pairs)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.right_pairs, self.merged_pairs + self.true_pairs)

    @property
    def recall_with_evidence(self) -> float:
        """Share of the true pairs with evidence besides the name that are put together."""
        return _ratio(self.right_evidence_pairs, self.evidence_pairs)

    def to_json(self) -> str:
        """Write all figures, the derived ones too."""
        derived = {
            name: round(getattr(self, name), 6) for name in ("precision", "recall", "f1", "recall_with_evidence")
        }
        return json.dumps({**derived, **asdict(self)}, ensure_ascii=False)


def evaluate(truth: Truth, partition: Mapping[RecordRef, Hashable]) -> Evaluation:
    """Compare a partition with the truth.

    Precision counts every pair of records put together; it is taken from group sizes, so no list of all pairs is made.

    Args:
        truth: who is who.
        partition: party by (system, stream, ref); records unknown to the truth are left out.
    """
    entities: Counter[str] = Counter()
    parties: Counter[Hashable] = Counter()
    overlaps: Counter[tuple[Hashable, str]] = Counter()
    missing = 0
    for row in truth.rows():
        entities[row.entity] += 1
        party = partition.get(row.key)
        if party is None:
            missing += 1
            party = ("alone", row.key)
        parties[party] += 1
        overlaps[party, row.entity] += 1
    kinds, pairs = _count_kinds(truth, partition)
    return Evaluation(
        records=entities.total(),
        missing=missing,
        customers=len(entities),
        parties=len(parties),
        true_pairs=_pairs(entities),
        merged_pairs=_pairs(parties),
        right_pairs=_pairs(overlaps),
        evidence_pairs=pairs["M evidence"],
        right_evidence_pairs=pairs["M evidence together"],
        true_pairs_without_identifier=pairs["M"] - pairs["M identifier"],
        l_merges=pairs["L together"],
        x_merges=pairs["X together"],
        kinds=kinds,
    )


def render(evaluation: Evaluation) -> Table:
    """Show the figures as a table for people, one line for each kind."""
    e = evaluation
    table = Table(
        title=f"Truth: {e.records:,} records of {e.customers:,} customers. The master: {e.parties:,} parties",
        title_justify="left",
        caption_justify="left",
        caption=f"precision {e.precision:.4f} · recall {e.recall:.3f}"
        f" (with evidence {e.recall_with_evidence:.3f}) · F1 {e.f1:.3f}"
        f" · L merges {e.l_merges} · X merges {e.x_merges}",
    )
    table.add_column("kind")
    for heading in ("pairs", "together", "share", "with evidence", "together"):
        table.add_column(heading, justify="right")
    for label, heading in (("M", "must merge"), ("L", "related, keep apart"), ("X", "must not merge")):
        table.add_section()
        table.add_row(f"[bold]{label}: {heading}[/bold]")
        for k in (k for k in e.kinds if k.label == label):
            own = (
                (f"{k.with_evidence:,}", f"{_ratio(k.together_with_evidence, k.with_evidence):.0%}")
                if label == "M"
                else ("", "")
            )
            wrong = "red" if label != "M" and k.together else "default"
            table.add_row(
                k.kind, f"{k.pairs:,}", f"[{wrong}]{k.together:,}[/]", f"{_ratio(k.together, k.pairs):.0%}", *own
            )
    return table


def _count_kinds(truth: Truth, partition: Mapping[RecordRef, Hashable]) -> tuple[tuple[KindResult, ...], Counter[str]]:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    totals: Counter[str] = Counter()
    for pair in truth.pairs():
        party = partition.get(pair.a)
        together = party is not None and party == partition.get(pair.b)
        evidence = pair.shares_non_name_evidence
        totals[pair.label] += 1
        totals[f"{pair.label} together"] += together
        totals[f"{pair.label} identifier"] += pair.shares_identifier
        totals[f"{pair.label} evidence"] += evidence
        totals[f"{pair.label} evidence together"] += evidence and together
        for kind in pair.kinds:
            count = counts[pair.label, kind]
            for place, one in enumerate((True, together, evidence, evidence and together)):
                count[place] += one
    return tuple(KindResult(label, kind, *count) for (label, kind), count in sorted(counts.items())), totals


def _pairs(sizes: Counter[str] | Counter[Hashable] | Counter[tuple[Hashable, str]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
