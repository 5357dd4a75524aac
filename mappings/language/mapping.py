"""A mapping ready for use: load it, compile it, map documents with it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mappings.language.compiler import Compiled, compile_program
from mappings.language.crosswalks import Crosswalk, UnseenCodeError, read_crosswalks
from mappings.language.document import Document, read_document, shape
from mappings.language.errors import MappingError, nearest
from mappings.language.outcome import Outcome, Rejected
from mappings.language.program import Program, check_document
from mappings.language.yaml_positions import START, Located, read_yaml
from mappings.normalize.errors import ValueReadError

NO_CROSSWALKS: MappingType[str, Crosswalk] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping document.

    Args:
        document: its parts.
        program: its expressions, typed.
        text: the document as written, NFC.
        origin: file or name it came from, for errors.
        located: where its parts stand.
    """

    document: Document
    program: Program
    text: str
    origin: str
    located: Located

    @property
    def name(self) -> str:
        """Name of the mapping, e.g. ``scm.ship_tos``."""
        return self.document.mapping

    @property
    def version(self) -> int:
        """Version its author gave it."""
        return self.document.version

    @property
    def system(self) -> str:
        """Code of the system whose stream it maps."""
        return self.document.source.system

    @property
    def stream(self) -> str:
        """Name of the stream it maps."""
        return self.document.source.stream

    @property
    def writes(self) -> frozenset[str]:
        """Golden attributes it can write back to the system."""
        return frozenset(self.document.outbound)

    @property
    def referred_systems(self) -> frozenset[str]:
        """Codes of the systems whose records its records refer to."""
        return frozenset(emit_system for emit in self.program.emits for emit_system in emit.referred_systems)

    @property
    def hash(self) -> str:
        """The sha256 of the text, hex: two documents with equal hash are the same version."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ContractBreach:
    """The source no longer delivers a column the mapping requires.

    Args:
        column: the missing column.
        nearest: the present column that most resembles it, else empty.
        message: one sentence that names mapping, stream and column.
        remedy: what to do.
    """

    column: str
    nearest: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RenderedField:
    """A golden attribute in the system's own shape.

    Args:
        list: child list the values belong to; ``None`` if they are fields of the record itself.
        values: the system's field names and values.
    """

    list: str | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """A mapping as an executable function."""

    mapping: Mapping
    compiled: Compiled

    def map(self, document: MappingType[str, Any], *, at: datetime | None = None) -> Outcome:
        """Map one raw document; whatever it holds, that raises nothing.

        Args:
            document: the raw document.
            at: when its batch landed; a mapping that does not ask for it can do without.

        Raises:
            ValueError: the mapping asks when the batch landed, and the caller does not say.
        """
        if at is None and self.compiled.asks_when_landed:
            raise ValueError(f"mapping {self.mapping.name} asks when the batch landed; give at=")
        try:
            return self.compiled.map_row(document, at)
        except Exception as error:  # noqa: BLE001 - one bad record never holds the good ones
            return self._unreadable(error)

    def check_contract(self, columns: Sequence[str]) -> ContractBreach | None:
        """Check that the source delivers every required column; give the first that is missing."""
        source = self.mapping.document.source
        missing = next((column for column in shape(source.requires) if column not in columns), None)
        if missing is None:
            return None
        near = nearest(missing, set(columns) - set(shape(source.requires)))
        hint = f'; it has "{near}", which the mapping does not know' if near else ""
        return ContractBreach(
            missing,
            near,
            f'{source.system} / {source.stream}: the required column "{missing}" is missing{hint}',
            f"Restore the column in the source, or write a new version of mapping {self.mapping.name} "
            f"(now version {self.mapping.version})",
        )

    def render(self, attribute: str, value: Any) -> RenderedField | None:
        """Write a golden value in the system's own shape.

        Args:
            attribute: golden attribute, e.g. ``phone``.
            value: its value, e.g. ``{"number": "+8675526988888", "extension": "", "kind": "landline"}``.

        Returns:
            ``None`` if the system does not take the attribute or there is no value.
        """
        render = self.compiled.render.get(attribute)
        if render is None or not value:
            return None
        return RenderedField(self.mapping.document.outbound[attribute].list, render(value))

    def _unreadable(self, error: Exception) -> Rejected:
        field, traceback = "", error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self.compiled.filename:
                field = self.compiled.fields.get(traceback.tb_lineno, field)
            traceback = traceback.tb_next
        where = f'column "{field}": ' if field else ""
        message = f"{where}{_say(error)}"
        if isinstance(error, UnseenCodeError):
            return Rejected("unseen_code", field, message, error.remedy)
        return Rejected("unreadable_value", field, message, "Correct the value in the source")


def _say(error: Exception) -> str:
    if not isinstance(error, ValueReadError):
        return "the value cannot be read"
    return f"{error.what} (it looks like {error.value_hint})" if error.value_hint else error.what


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping document from a file; crosswalks lie in the nearest folder ``crosswalks`` above it.

    Raises:
        MappingError: the file cannot be read or the document is wrong; the error names the place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({error.strerror})"
        raise MappingError(
            f"the mapping document {reason}", origin=str(path), position=START, remedy="Provide it as UTF-8 text"
        ) from None
    folders = (above / "crosswalks" for above in path.resolve().parents)
    folder = next((folder for folder in folders if folder.is_dir()), None)
    return parse_mapping(text, str(path), read_crosswalks(folder) if folder else NO_CROSSWALKS)


def parse_mapping(text: str, origin: str, crosswalks: MappingType[str, Crosswalk] = NO_CROSSWALKS) -> Mapping:
    """Check a mapping document given as text.

    Args:
        text: the document, YAML 1.2.
        origin: file or name, for errors.
        crosswalks: those it may name, by their references.

    Raises:
        MappingError: the document is wrong; the error names the place.
    """
    text = unicodedata.normalize("NFC", text)
    located = read_yaml(text, origin)
    document = read_document(located, origin)
    return Mapping(document, check_document(document, located, origin, crosswalks), text, origin, located)


def compile_mapping(mapping: Mapping) -> CompiledMapping:
    """Compile a mapping to a Python function."""
    return CompiledMapping(mapping, compile_program(mapping.program, mapping.name))
