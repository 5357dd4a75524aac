"""Crosswalks: a system's codes and the canonical words they stand for, usable in both directions.

A crosswalk is a CSV file, ``mappings/crosswalks/NAME.csv``. Comment lines before the columns say what it is::

    # crosswalk: erp_order_state
    # version: 3
    # owner: sales-operations
    code,canonical,back,note
    draft,draft,,
    quotation,offered,yes,
    proposal,offered,,before 2024

Several codes may stand for one word; then ``back`` marks the one that is written back with ``yes``. A mapping names a
crosswalk with its version, ``erp_order_state@3``, and what a version says never changes.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path

from mappings.language.errors import MappingError, Position, suggestion
from mappings.language.functions import text as tidy
from mappings.normalize.errors import ValueReadError

FOLDER = "mappings/crosswalks"
"""Where crosswalks lie in a project."""

_LONGEST_SHOWN = 40
_FORMS = {"crosswalk": r"[a-z][a-z0-9_]*", "version": r"[1-9][0-9]{0,8}", "owner": r"\S.*"}
_NEEDED = ("code", "canonical")
_COLUMNS = (*_NEEDED, "back", "note")
_MARK = "\ufeff"  # spreadsheets put it before what they save as UTF-8


class UnseenCodeError(ValueReadError):
    """A value that stands in no row of a crosswalk: it is held until the crosswalk's owner has decided.

    Args:
        what: what was expected, as a clause.
        remedy: who decides, and where.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, "")
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[UnseenCodeError], tuple[str, str]]:
        return (UnseenCodeError, (self.what, self.remedy))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a crosswalk: a code, its word, and whether the word is written back so."""

    code: str
    word: str
    back: bool


@dataclass(frozen=True)
class Crosswalk:
    """One version of a crosswalk.

    Args:
        name: its name, e.g. ``erp_order_state``.
        version: number its author gave it.
        owner: who decides about a code that is not in it.
        rows: its lines; exactly one of each word is written back.
    """

    name: str
    version: int
    owner: str
    rows: tuple[Row, ...]

    @property
    def reference(self) -> str:
        """How mappings name this version, e.g. ``erp_order_state@3``."""
        return f"{self.name}@{self.version}"

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The canonical word of each code."""
        return {row.code: row.word for row in self.rows}

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The code that each canonical word is written back as."""
        return {row.word: row.code for row in self.rows if row.back}

    def translate(self, code: str) -> str:
        """Give the canonical word of a code; a blank code is the empty text.

        Raises:
            UnseenCodeError: the code stands in no row.
        """
        return self._found(self.words, code, "code")

    def translate_back(self, word: str) -> str:
        """Give the code a canonical word is written back as; no word is the empty text.

        Raises:
            UnseenCodeError: the word stands in no row.
        """
        return self._found(self.codes, word, "canonical word")

    def _found(self, table: Mapping[str, str], value: str, kind: str) -> str:
        value = tidy(value)
        if not value or value in table:
            return table.get(value, "")
        shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
        raise UnseenCodeError(
            f'the {kind} "{shown}" is not in version {self.version} of the crosswalk {self.name}',
            f"Ask {self.owner} to add it to {FOLDER}/{self.name}.csv, then replay",
        )


def parse_crosswalk(text: str, origin: str) -> Crosswalk:
    """Check a crosswalk given as text.

    Args:
        text: the file.
        origin: file or name, for errors.

    Raises:
        MappingError: the crosswalk is wrong; the error names the place.
    """
    reading = _Reading(origin)
    lines = unicodedata.normalize("NFC", text.removeprefix(_MARK)).splitlines(keepends=True)
    comments = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    said = reading.header(lines[:comments])
    table = reading.table("".join(lines[comments:]), comments)
    return Crosswalk(said["crosswalk"], int(said["version"]), said["owner"], reading.rows(table, comments + 1))


def read_crosswalks(folder: Path) -> dict[str, Crosswalk]:
    """Read the crosswalks of a folder, by their references.

    Raises:
        MappingError: one of them is wrong; the error names the place.
    """
    found = []
    for path in sorted(folder.rglob("*.csv")):
        try:
            found.append(parse_crosswalk(path.read_text(encoding="utf-8"), str(path)))
        except UnicodeDecodeError:
            raise MappingError(
                "the crosswalk is not UTF-8", origin=str(path), position=Position(1, 1), remedy="Save it as UTF-8"
            ) from None
    return {crosswalk.reference: crosswalk for crosswalk in found}


_Line = tuple[int, list[str]]
"""A line of a table: its number in the file and its cells."""


class _Reading:
    """Reads one file and tells what is wrong with it by its line."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def header(self, lines: list[str]) -> dict[str, str]:
        said: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            word, colon, value = (part.strip() for part in line.lstrip("#").partition(":"))
            if not colon or word not in _FORMS:
                continue  # a remark
            if word in said:
                raise self._error(number, f"the crosswalk's {word} stands here twice", "Say it once")
            if not re.fullmatch(_FORMS[word], value):
                raise self._error(number, f"the crosswalk's {word} has the wrong form", f"Expected: {_FORMS[word]}")
            said[word] = value
        for word in _FORMS:
            if word not in said:
                raise self._error(1, f"the crosswalk does not say its {word}", f'Begin with the line "# {word}: …"')
        file = Path(self._origin)
        if file.suffix == ".csv" and file.stem != said["crosswalk"]:
            raise self._error(
                1, f"the crosswalk {said['crosswalk']} stands in another file", f"Name it {said['crosswalk']}.csv"
            )
        return said

    def table(self, text: str, before: int) -> list[_Line]:
        """Read the cells of all lines that are not blank; ``before`` lines stand above."""
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        lines: list[_Line] = []
        try:
            while True:
                number = before + reader.line_num + 1
                cells = [tidy(cell) for cell in next(reader)]
                if any(cells):
                    lines.append((number, cells))
        except StopIteration:
            return lines
        except csv.Error as error:
            raise self._error(before + reader.line_num, f"this is no CSV ({error})", "Mend the line") from None

    def rows(self, table: list[_Line], first: int) -> tuple[Row, ...]:
        columns = self._columns(table, first)
        lines: dict[str, int] = {}
        read: list[tuple[Row, int]] = []
        for number, cells in table[1:]:
            if len(cells) != len(columns):
                raise self._error(
                    number, f"{len(cells)} cells stand under {len(columns)} columns", "Quote a cell with a comma"
                )
            row = self._row(dict(zip(columns, cells, strict=True)), number)
            if row.code in lines:
                raise self._error(number, f'the code "{row.code}" stands in line {lines[row.code]} too', "Keep one")
            lines[row.code] = number
            read.append((row, number))
        if not read:
            raise self._error(first, "the crosswalk has no codes", "Write one line for each code")
        return tuple(self._marked(read))

    def _columns(self, table: list[_Line], first: int) -> list[str]:
        number, columns = table[0] if table else (first, [])
        for word in _NEEDED:
            if word not in columns:
                raise self._error(number, f'the column "{word}" is missing', f"Columns are: {','.join(_COLUMNS)}")
        for at, word in enumerate(columns):
            if word not in _COLUMNS:
                raise self._error(number, f'unknown column "{word}"', suggestion(word, _COLUMNS))
            if word in columns[:at]:
                raise self._error(number, f'the column "{word}" stands here twice', "Keep one")
        return columns

    def _row(self, cells: dict[str, str], number: int) -> Row:
        for word in _NEEDED:
            if not cells[word]:
                raise self._error(number, f"the {word} is blank", "Fill it, or remove the line")
        back = cells.get("back", "")
        if back not in ("", "yes"):
            raise self._error(number, f'back is "{back}"', "Expected yes or nothing")
        return Row(cells["code"], cells["canonical"], back == "yes")

    def _marked(self, read: list[tuple[Row, int]]) -> Iterator[Row]:
        """Mark what is written back where it is clear, and demand that it is clear everywhere."""
        ways: dict[str, list[tuple[Row, int]]] = {}
        for row, number in read:
            ways.setdefault(row.word, []).append((row, number))
        for word, rows in ways.items():
            marked = [number for row, number in rows if row.back]
            if len(rows) > 1 and len(marked) != 1:
                raise self._error(
                    (marked or [number for _, number in rows])[-1],
                    f'{len(marked)} codes of "{word}" are marked to be written back',
                    "Write yes in the column back of exactly one",
                )
        for row, _ in read:
            yield Row(row.code, row.word, row.back or len(ways[row.word]) == 1)

    def _error(self, line: int, what: str, remedy: str) -> MappingError:
        return MappingError(what, origin=self._origin, position=Position(line, 1), remedy=remedy)
