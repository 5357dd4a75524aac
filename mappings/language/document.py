"""The form of a mapping document: one YAML file for each source stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from mappings.language.errors import MappingError, suggestion
from mappings.language.types import Shape
from mappings.language.yaml_positions import Located, Path

Expression = str | bool | int
"""Text of an expression; a bare ``true`` or number stands for itself."""

ColumnDeclaration = str | Mapping[str, Sequence[str | Mapping[str, Sequence[str]]]]
"""A column's name, or the name of a list of records and their fields, which may be lists of records again."""

_WORD = r"^[a-z][a-z0-9_]*$"

CrosswalkReference = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*@[1-9][0-9]*$")]
"""A crosswalk and its version, e.g. ``erp_order_state@3``."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(_Section):
    """The contract with the source stream: what a document must have, may have, and has without being read.

    ``zone`` is the time zone of whatever it writes without an offset, by its IANA name.
    """

    system: str = Field(pattern=_WORD)
    stream: str = Field(pattern=_WORD)
    requires: list[ColumnDeclaration] = Field(min_length=1)
    optional: list[ColumnDeclaration] = []
    ignores: list[str] = []
    zone: str = ""


class RejectRule(_Section):
    """When it holds, the document becomes a dead letter."""

    when: Expression
    field: str = ""
    because: str
    remedy: str


class FilterRule(_Section):
    """When it holds, the document is left out."""

    when: Expression
    because: str


class Emit(_Section):
    """One canonical record that is made of every document.

    Its other attributes depend on the entity, see :data:`mappings.language.entities.FORMS`; which of them must be
    there is checked together with them.
    """

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, Expression | list[Expression]] = Field(init=False)

    entity: str
    record_type: str = Field(default="", pattern=_WORD)
    key: Expression = ""
    correlation: Expression = '""'
    token: Expression = '""'  # noqa: S105 - a concurrency token is no secret
    references: list[Expression] = []

    @property
    def attributes(self) -> dict[str, Expression | list[Expression]]:
        """What the mapping says of the entity's own attributes."""
        return self.__pydantic_extra__


class OutboundField(_Section):
    """How one golden attribute is written in the system's own shape.

    Args:
        list: child list the values belong to, none for fields of the record itself.
        values: the system's field names and the expressions for them; ``value`` is the golden value, null stands for
            itself.
    """

    list: str | None = None
    values: dict[str, Expression | None]


class Example(_Section):
    """A test within the document: a raw document and what must come of it, and when it landed if that matters."""

    case: str
    at: AwareDatetime | None = Field(default=None, strict=False)
    given: dict[str, Any]
    expect: dict[str, Any]


class Document(_Section):
    """A whole mapping document."""

    mapping: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    source: Source
    crosswalks: dict[str, CrosswalkReference] = {}
    let: dict[str, Expression] = {}
    reject: list[RejectRule] = []
    filter: list[FilterRule] = []
    emit: list[Emit] = Field(min_length=1)
    outbound: dict[str, OutboundField] = {}
    tests: list[Example] = []


def read_document(located: Located, origin: str) -> Document:
    """Check the form of a document.

    Raises:
        MappingError: a key is unknown or missing, or a value has the wrong form.
    """
    try:
        return Document.model_validate(located.value)
    except ValidationError as error:
        first = min(
            error.errors(include_url=False, include_context=False),
            key=lambda e: (e["type"] != "extra_forbidden", len(e["loc"])),
        )
        path = _in_document(located.value, first["loc"])
        what, remedy = _say(first, path)
        raise MappingError(what, origin=origin, position=located.place(path), remedy=remedy) from None


def shape(declarations: Iterable[ColumnDeclaration]) -> Shape:
    """Give the columns a contract declares as the shape that expressions are checked against.

    >>> shape(["name", {"phones": ["type", "value"]}])
    {'name': None, 'phones': {'type': None, 'value': None}}
    """
    columns: dict[str, Shape | None] = {}
    for declaration in declarations:
        if isinstance(declaration, str):
            columns[declaration] = None
        else:
            columns.update({name: shape(inner) for name, inner in declaration.items()})
    return columns


def _in_document(value: Any, location: tuple[str | int, ...]) -> Path:
    """Keep the steps of a pydantic location that exist in the document; it also names types and missing keys."""
    path: list[str | int] = []
    for step in location:
        try:
            value = value[step]
        except (LookupError, TypeError):
            break
        path.append(step)
    return tuple(path)


def _say(error: Any, path: Path) -> tuple[str, str]:
    where = ".".join(str(step) for step in path) or "the document"
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        return f'unknown key "{last}"', suggestion(last, _siblings(path))
    if error["type"] == "missing":
        return f'{where} lacks the key "{last}"', "Add it"
    return f"{where} has the wrong form", f"Expected: {error['msg']}"


def _siblings(path: Path) -> list[str]:
    """List the keys the model admits where an unknown key stands."""
    sections: dict[str, type[_Section]] = {
        "source": Source,
        "reject": RejectRule,
        "filter": FilterRule,
        "emit": Emit,
        "outbound": OutboundField,
        "tests": Example,
    }
    model = sections.get(str(path[0]), Document) if len(path) > 1 else Document
    return list(model.model_fields)
