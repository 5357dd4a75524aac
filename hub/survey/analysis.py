"""From groups of records to findings: duplicates within files, overlap between files, contradictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from customer_master.resolution.attributes.persons import PersonLevel
from customer_master.resolution.levels import (
    ATTRIBUTES,
    IDENTIFIER,
    NAME,
    PLACE,
    AddressLevel,
    ContactLevel,
    EmailLevel,
    IdentifierLevel,
    NameLevel,
    SharedLevel,
)
from customer_master.resolution.scoring import named_levels
from hub.survey.columns import Column, Show
from hub.survey.files import Extract
from hub.survey.findings import Example, FileFinding, Overlap, Value
from hub.survey.header_words import Holds
from hub.survey.matching import Matches
from hub.survey.records import Layout
from hub.survey.work import Scored
from mappings.canonical import Kind

CONTRADICTABLE = ("identifier", "name", "phone", "email", "address")
"""Attributes about which rows of one customer can contradict each other, the gravest first."""

_EXAMPLES = 12
_ROWS_SHOWN = 4
_VECTORS = 1 << 15  # hundreds of thousands of pairs agree in only some thousand ways
_WEIGHT_OF = {"identifier": 16, "name": 8, "address": 4, "phone": 2, "email": 1}
_AGREEING: dict[str, int] = {
    "identifier": IdentifierLevel.NEAR,
    "name": NameLevel.ABBREVIATED,
    "phone": SharedLevel.RARE,
    "email": EmailLevel.DOMAIN,
    "address": AddressLevel.COMMON,
    "contact": ContactLevel.SAME,
}
"""From which level on an attribute speaks for one customer; names of persons do from ``PersonLevel.CLOSE`` on."""
_SHOWN = frozenset({
    Holds.KEY, Holds.ORGANISATION, Holds.SHORT_NAME, Holds.PERSON, Holds.IDENTIFIER, Holds.PHONE, Holds.MOBILE,
    Holds.EMAIL, Holds.ADDRESS, Holds.CITY,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One file with everything known about it; ``first`` is the number of its first record."""

    extract: Extract
    columns: list[Column]
    layout: Layout
    first: int


class Analysis:
    """Answers questions about the groups; ``show`` writes the cells of examples."""

    def __init__(self, sources: Sequence[Source], matches: Matches, show: Show) -> None:
        self._sources = sources
        self._matches = matches
        self._show = show
        self._file_of = [n for n, s in enumerate(sources) for _ in (s.extract.rows if s.layout.has_parties else ())]
        self._known = [Counter(self._file_of[r] for r in group) for group in matches.groups]

    @property
    def rows(self) -> int:
        """Number of rows that can be compared."""
        return len(self._file_of)

    def customers(self) -> int:
        """Count the customers: groups, and every row that is alone."""
        return self.rows - sum(len(group) - 1 for group in self._matches.groups)

    def file(self, number: int) -> FileFinding:
        """Tell about one file."""
        source = self._sources[number]
        own = [(known[number], n) for n, known in enumerate(self._known) if known[number] > 1]
        extra = sum(size - 1 for size, _ in own)
        reasons: Counter[str] = Counter()
        for _, n in own:
            pairs = [p for p in self._matches.inside[n] if self._file_of[p.a] == self._file_of[p.b] == number]
            reasons.update(_agreements(pairs))
        extract = source.extract
        return FileFinding(
            name=extract.name,
            form=extract.form,
            rows=len(extract.rows),
            sampled=extract.sampled,
            unreadable=extract.unreadable,
            columns=source.columns,
            has_parties=source.layout.has_parties,
            customers=len(extract.rows) - extra if source.layout.has_parties else 0,
            duplicate_groups=len(own),
            duplicate_rows=extra,
            reasons=dict(reasons.most_common()),
            sizes=dict(sorted(Counter(size for size, _ in own).items())),
        )

    def overlaps(self) -> list[Overlap]:
        """Count, for every two files, the rows of one that the other knows too."""
        shared: Counter[tuple[int, int]] = Counter()
        for known in self._known:
            for a, b in permutations(known, 2):
                shared[a, b] += known[a]
        comparable = [n for n, source in enumerate(self._sources) if source.layout.has_parties]
        return [
            Overlap(
                self._sources[a].extract.name,
                self._sources[b].extract.name,
                shared[a, b],
                round(shared[a, b] / len(self._sources[a].extract.rows), 4),
            )
            for a, b in permutations(comparable, 2)
        ]

    def combinations(self) -> dict[str, int]:
        """Count the customers by the files that know them."""
        found = Counter(tuple(sorted(known)) for known in self._known)
        grouped = {record for group in self._matches.groups for record in group}
        found.update((file,) for record, file in enumerate(self._file_of) if record not in grouped)
        named = {" + ".join(self._sources[n].extract.name for n in files): count for files, count in found.items()}
        return dict(sorted(named.items(), key=lambda item: -item[1]))

    def in_several_files(self) -> int:
        """Count the customers that more than one file knows."""
        return sum(len(known) > 1 for known in self._known)

    def contradictions(self) -> dict[str, int]:
        """Count, by attribute, the customers about whom rows contradict each other."""
        found = Counter(attribute for pairs in self._matches.inside for attribute in _contradicted(pairs))
        apart = {frozenset((p.a, p.b)) for p in self._matches.contradicting}
        found["identifier"] += len(apart)
        return {attribute: found[attribute] for attribute in CONTRADICTABLE if found[attribute]}

    def duplicates(self) -> list[Example]:
        """Show the largest groups of rows that are one customer within one file."""
        best = sorted(
            ((known[file], -n, file) for n, known in enumerate(self._known) for file in known if known[file] > 1),
            reverse=True,
        )
        return [self._duplicate(-n, file) for _, n, file in best[:_EXAMPLES]]

    def _duplicate(self, group: int, file: int) -> Example:
        records = [r for r in self._matches.groups[group] if self._file_of[r] == file]
        pairs = [p for p in self._matches.inside[group] if self._file_of[p.a] == self._file_of[p.b] == file]
        bits = max((p.score.weight for p in pairs), default=0.0)
        return Example("duplicate", tuple(sorted(_agreements(pairs))), (), bits, self._values(records[:_ROWS_SHOWN]))

    def conflicts(self) -> list[Example]:
        """Show the strongest contradictions: two numbers first, then those in most attributes."""
        pairs = [*self._matches.contradicting]
        for group in self._matches.inside:
            disputed = [(self._gravity(p), p) for p in group if p.score.band == "match"]
            if disputed and (worst := max(disputed, key=lambda d: (d[0], -d[1].a, -d[1].b)))[0]:
                pairs.append(worst[1])
        pairs.sort(key=lambda p: (-self._gravity(p), -p.score.weight, p.a, p.b))
        return [self._conflict(p) for p in _mixed(pairs, _leading)]

    def _gravity(self, pair: Scored) -> float:
        across = self._file_of[pair.a] != self._file_of[pair.b]
        return sum(_WEIGHT_OF[a] for a in _against(pair)) * (1.5 if across else 1)

    def _conflict(self, pair: Scored) -> Example:
        against, levels = _against(pair), named_levels(pair.kind, pair.vector)
        return Example(
            _leading(pair),
            tuple(sorted(_agreements([pair]))),
            tuple(f"{a}.{levels[a]}" for a in against),
            pair.score.weight,
            self._values((pair.a, pair.b)),
        )

    def _values(self, records: Iterable[int]) -> tuple[Value, ...]:
        return tuple(self._value(record) for record in records)

    def _value(self, record: int) -> Value:
        source = self._sources[self._file_of[record]]
        row = source.extract.rows[record - source.first]
        cells = {
            c.name: self._show(row[n], c.holds) for n, c in enumerate(source.columns) if c.holds in _SHOWN and row[n]
        }
        return Value(source.extract.name, source.extract.numbers[record - source.first], cells)


def _agreements(pairs: Iterable[Scored]) -> set[str]:
    """List what speaks for one customer in some pairs, as ``attribute.level``."""
    return set().union(*(_agreeing(kind, vector) for kind, vector in {(p.kind, p.vector) for p in pairs}))


def _against(pair: Scored) -> tuple[str, ...]:
    """List the attributes in which a pair that is one customer contradicts itself, the gravest first."""
    return _disputed(pair.kind, pair.vector)


@lru_cache(maxsize=_VECTORS)
def _agreeing(kind: Kind, vector: bytes) -> frozenset[str]:
    least = _AGREEING | {"name": PersonLevel.CLOSE} if kind is Kind.PERSON else _AGREEING
    names = named_levels(kind, vector)
    levels = dict(zip(ATTRIBUTES, vector, strict=True))
    return frozenset(f"{a}.{names[a]}" for a in least if levels[a] >= least[a])


@lru_cache(maxsize=_VECTORS)
def _disputed(kind: Kind, vector: bytes) -> tuple[str, ...]:
    names = named_levels(kind, vector)
    apart = (AddressLevel.OTHER_CITY, AddressLevel.SAME_CITY, AddressLevel.SAME_DISTRICT)
    found = {
        "identifier": vector[IDENTIFIER] == IdentifierLevel.CONTRADICTION,
        "name": vector[NAME] == NameLevel.DIFFERENT,
        "phone": names.get("phone") == "different",
        "email": names.get("email") == "different",
        "address": vector[PLACE] in apart,
    }
    return tuple(attribute for attribute in CONTRADICTABLE if found[attribute])


def _leading(pair: Scored) -> str:
    return _against(pair)[0]


def _contradicted(pairs: Iterable[Scored]) -> set[str]:
    return {attribute for pair in pairs for attribute in _against(pair)}


def _mixed(pairs: Sequence[Scored], subject: Callable[[Scored], str]) -> list[Scored]:
    """Take the strongest pairs of every subject in turn, so that no subject fills the list alone."""
    by_subject: dict[str, list[Scored]] = {}
    for pair in pairs:
        by_subject.setdefault(subject(pair), []).append(pair)
    each = max(_EXAMPLES // max(len(by_subject), 1), 2)
    return [pair for s in CONTRADICTABLE for pair in by_subject.get(s, ())[:each]][:_EXAMPLES]
