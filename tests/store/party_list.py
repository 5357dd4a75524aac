"""The ERP's list of parties as it changes, and what a master that has heard all of it must know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.store.workshop import Row, erp_row


@dataclass(frozen=True, slots=True)
class Saying:
    """What the list says of a party from a day on."""

    key: int
    day: int
    name: str
    code: str
    phone: str

    def row(self) -> Row:
        return erp_row(
            self.key,
            f"2026-11-{1 + self.day // 24:02d}T{self.day % 24:02d}:00:00Z",
            name=self.name,
            contact_mechanisms=[{"type": "phone", "value": self.phone}] if self.phone else [],
            identifiers=[{"type": None, "code": self.code}] if self.code else [],
        )


@dataclass(slots=True)
class PartyList:
    """A list of parties.

    Args:
        day: when it said something last.
        log: everything it has ever said of parties that were not erased, under their keys of now.
        former: former key -> key of now, as far as no other party has the former one.
        gone: keys of parties that it has no more.
        erased: keys of which nothing is to be heard any more.
    """

    day: int = 0
    log: list[Saying] = field(default_factory=list)
    former: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)

    @property
    def newest(self) -> dict[int, Saying]:
        return {s.key: s for s in self.log}

    def say(self, rows: Iterable[tuple[int, str, str, str]]) -> list[Row]:
        """Say something new; who is called by a former key or by one that was erased is so called in the rows."""
        self.day += 1
        sayings = [Saying(key, self.day, name, code, phone) for key, name, code, phone in rows]
        for s in sayings:
            if s.key not in self.erased:
                self._note(replace(s, key=self.former.get(s.key, s.key)))
        return [s.row() for s in sayings]

    def read_out(self, keys: Collection[int]) -> list[Row]:
        """Say the same again of some parties, as all there are."""
        self.day += 1
        sayings = [replace(self.newest[key], day=self.day) for key in sorted(keys)]
        for s in sayings:
            self._note(s)
        return [s.row() for s in sayings]

    def renumber(self, pairs: Mapping[int, int]) -> None:
        self.log = [replace(s, key=pairs.get(s.key, s.key)) for s in self.log]
        self.erased -= set(pairs.values())
        self.gone = {pairs.get(key, key) for key in self.gone}
        older = {f: pairs.get(key, key) for f, key in self.former.items() if f not in pairs.values()}
        self.former = older | {old: new for old, new in pairs.items() if old not in pairs.values()}

    def erase(self, key: int) -> None:
        own = {key, *(f for f, now in self.former.items() if now == key)}
        self.log = [s for s in self.log if s.key != key]
        self.former = {f: now for f, now in self.former.items() if now != key}
        self.gone.discard(key)
        self.erased |= own

    def _note(self, saying: Saying) -> None:
        """Of two words of one day the later one holds."""
        self.log = [s for s in self.log if (s.key, s.day) != (saying.key, saying.day)] + [saying]
        self.gone.discard(saying.key)
