"""The hub's merge policy for a table: the most that its laws let each pair of records be, whatever the scores say.

The records are read as parties, as a mapping would read them, and the laws of :mod:`customer_master.resolution.laws`
judge them: a name alone never merges, two valid registration numbers are two customers, a branch is no head office.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from customer_master.resolution.agreement import compare_parties
from customer_master.resolution.laws import BANDS, LAWS, ruling
from customer_master.resolution.party import Values, blocking_keys, values_of
from customer_master.resolution.schema import Attribute
from hub.master.draft import Draft, party_of
from hub.matching.reading import Texts
from mappings.canonical import Kind
from mappings.normalize.person_names import looks_like_person
from mappings.normalize.text import has_han

Ints = npt.NDArray[np.int64]
_COUNTRY = 2  # letters of a country's code


class MergePolicy:
    """The laws over the records of a table.

    Args:
        schema: the attributes of the table.
        columns: attribute -> its columns of texts.
    """

    def __init__(self, schema: Sequence[Attribute], columns: Mapping[str, Sequence[Texts]]) -> None:
        kinds = {attribute.name: attribute.kind for attribute in schema}
        named = [(kinds[name], column.to_pylist()) for name, own in columns.items() for column in own]
        has_companies = "company" in kinds.values()
        rows = [_cells([kind for kind, _ in named], row) for row in zip(*(texts for _, texts in named), strict=True)]
        self._is_person = np.array([not has_companies or _is_person(cells) for cells in rows], np.bool_)
        self._parties = list(map(_read, rows, self._is_person.tolist()))
        # a company's record that has its contact in the field of the name, should the other one be a company's
        misplaced = np.flatnonzero(self._is_person) if has_companies else np.zeros(0, np.int64)
        self._as_company = np.arange(len(rows))
        self._as_company[misplaced] = len(rows) + np.arange(len(misplaced))
        self._parties += [_read(_misplaced(rows[place]), False) for place in misplaced.tolist()]
        held = Counter(chain.from_iterable(map(blocking_keys, self._parties[: len(rows)])))
        self._holders = {key.hash: count for key, count in held.items()}

    def __call__(self, left: Ints, right: Ints) -> npt.NDArray[np.int8]:
        """Give the most that pairs of records may be, as places in ``BANDS``.

        Args:
            left: one record of each pair.
            right: the other one.
        """
        most = np.zeros(len(left), np.int8)
        persons = self._is_person[left] & self._is_person[right]
        for kind, own in ((Kind.PERSON, np.flatnonzero(persons)), (Kind.ORGANISATION, np.flatnonzero(~persons))):
            ends = left[own], right[own]
            a, b = ends if kind is Kind.PERSON else (self._as_company[end] for end in ends)
            levels = compare_parties(self._parties, a, b, lambda key: self._holders.get(key, 1))
            bands = np.array([BANDS.index(law.most) for law in LAWS[kind]], np.int8)
            most[own] = bands[ruling(kind, levels)]
        return most


Cells = Mapping[str, Sequence[str]]
"""Kind of attribute -> what a record says."""


def _cells(kinds: Sequence[str], texts: Iterable[str | None]) -> Cells:
    cells: dict[str, list[str]] = {}
    for kind, text in zip(kinds, texts, strict=True):
        if text is not None:
            cells.setdefault(kind, []).append(text)
    return cells


def _is_person(cells: Cells) -> bool:
    """Tell whether all that stands in the field of a company's name is a person's."""
    names = cells.get("company", ())
    return bool(names) and all(map(looks_like_person, names))


def _misplaced(cells: Cells) -> Cells:
    """Take what stands in the field of a company's name for its contacts."""
    return {**cells, "company": (), "person": (*cells.get("person", ()), *cells.get("company", ()))}


def _read(cells: Cells, is_person: bool) -> Values:
    """Read a record as a party."""
    people = [*cells.get("person", ()), *_whole_names(cells)]
    names = cells.get("company", ()) or (people if is_person else ())
    places = cells.get("place", ())
    country = next((place for place in places if len(place) == _COUNTRY and place.isascii()), "CN")
    return values_of(
        party_of(
            Draft(
                kind=Kind.PERSON if is_person else Kind.ORGANISATION,
                names=names,
                identifiers=cells.get("identifier", ()),
                phones=cells.get("phone", ()),
                emails=cells.get("email", ()),
                addresses=_addresses(cells, [place for place in places if place != country]),
                contacts=() if names is people else people,
                country=country.upper(),
            )
        )
    )


def _whole_names(cells: Cells) -> list[str]:
    given, family = cells.get("given_name", ()), cells.get("family_name", ())
    if not given or not family:
        return [*given, *family]
    return [family[0] + given[0] if has_han(family[0]) else f"{given[0]} {family[0]}"]


def _addresses(cells: Cells, places: Sequence[str]) -> list[str]:
    """Write the places before a Chinese address that lacks them, behind a foreign one."""
    lines = cells.get("address", ())
    if not lines:
        return ["".join(places) if any(map(has_han, places)) else ", ".join(places)] if places else []
    return [_address(line, [p for p in places if p not in line], cells.get("postcode", ())) for line in lines]


def _address(line: str, places: Sequence[str], postcodes: Sequence[str]) -> str:
    if has_han(line):
        return "".join([*places, line])
    return ", ".join([line, " ".join([*postcodes, *reversed(places)])]) if places or postcodes else line
