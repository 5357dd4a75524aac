"""The documents a write takes, and what they mean in Tryton's own commands. Pure: no connection is needed.

A create describes a whole party; an update says what to set, add and replace. An update may be repeated: what is there
already is left out, and nothing left means nothing to write.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.tryton.streams import CHILDREN

CountryId = Callable[[str], int | None]
LAYOUT = re.compile(r"[\s()\-/]")


class ShapeError(ValueError):
    """The document cannot be written; the text says which field and why, without its value."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identifier(_Shape):
    """``type`` is one of Tryton's identifier types (``cn_vat`` for a Chinese USCC) or nothing."""

    type: str | None = None
    code: Annotated[str, Field(min_length=1)]


class Address(_Shape):
    """``country`` is an ISO 3166 alpha-2 code that Tryton's country list has."""

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None


class ContactMechanism(_Shape):
    """``type`` is one of Tryton's: phone, mobile, fax, email, website, other and so on."""

    type: str
    value: Annotated[str, Field(min_length=1)]
    name: str | None = None


class KeptIdentifier(Identifier):
    """An identifier the party has, by its id."""

    id: int


class KeptAddress(Address):
    """An address the party has, by its id."""

    id: int


class KeptContactMechanism(ContactMechanism):
    """A contact mechanism the party has, by its id."""

    id: int


class Added(_Shape):
    """Children to add."""

    identifiers: list[Identifier] = []
    addresses: list[Address] = []
    contact_mechanisms: list[ContactMechanism] = []


class Replaced(_Shape):
    """Children to overwrite; fields that are not given stay as they are."""

    identifiers: list[KeptIdentifier] = []
    addresses: list[KeptAddress] = []
    contact_mechanisms: list[KeptContactMechanism] = []


class Create(Added):
    """A new party."""

    name: Annotated[str, Field(min_length=1)]


class Own(_Shape):
    """The party's own fields."""

    name: Annotated[str, Field(min_length=1)] | None = None
    active: bool | None = None


class Update(_Shape):
    """A change of a party."""

    set: Own = Own()
    add: Added = Added()
    replace: Replaced = Replaced()


Kept = KeptIdentifier | KeptAddress | KeptContactMechanism
ShapeT = TypeVar("ShapeT", bound=_Shape)


@dataclass(frozen=True, slots=True)
class Commands:
    """What to write in Tryton's terms.

    Args:
        values: values for ``party.party.write``; empty if nothing is to be done.
        touched: ids of the children that are overwritten, as records (``party.address,7``).
    """

    values: dict[str, Any]
    touched: list[str]


def creation(code: str, document: Mapping[str, Any], country_id: CountryId) -> dict[str, Any]:
    """Turn a create document into the values of ``party.party.create``.

    >>> creation("H-1", {"name": "宏达", "identifiers": [{"code": "X1"}]}, {}.get)
    {'code': 'H-1', 'name': '宏达', 'identifiers': [['create', [{'type': None, 'code': 'X1'}]]]}

    Raises:
        ShapeError: the document has unknown or wrong fields.
    """
    create = _read(Create, document)
    values: dict[str, Any] = {"code": code, "name": create.name}
    for name in CHILDREN:
        if children := getattr(create, name):
            values[name] = [["create", [_values(child, country_id) for child in children]]]
    return values


def modification(document: Mapping[str, Any], current: Mapping[str, Any], country_id: CountryId) -> Commands:
    """Turn an update document into commands, leaving out what the party already has.

    >>> party = {"name": "宏达", "active": True, "identifiers": [], "addresses": [],
    ...     "contact_mechanisms": [{"id": 7, "type": "phone", "value": "021-5269 8888", "name": None}]}
    >>> modification({"add": {"contact_mechanisms": [{"type": "phone", "value": "02152698888"}]}}, party, {}.get)
    Commands(values={}, touched=[])
    >>> modification({"set": {"name": "宏達"}}, party, {}.get)
    Commands(values={'name': '宏達'}, touched=[])

    Args:
        document: the update document.
        current: the party's document as just read.
        country_id: finds the id of a country.

    Raises:
        ShapeError: the document has unknown or wrong fields, or replaces a child the party does not have.
    """
    update = _read(Update, document)
    own = update.set.model_dump(exclude_none=True)
    values = {name: value for name, value in own.items() if value != current[name]}
    touched: list[str] = []
    for name, model in CHILDREN.items():
        replaced = _replaced(name, getattr(update.replace, name), current[name])
        added = _added(getattr(update.add, name), current[name])
        touched += [f"{model},{child.id}" for child in replaced]
        commands: list[Any] = [["write", [child.id], _values(child, country_id)] for child in replaced]
        commands += [["create", [_values(child, country_id) for child in added]]] if added else []
        if commands:
            values[name] = commands
    return Commands(values, touched)


def _read(shape: type[ShapeT], document: Mapping[str, Any]) -> ShapeT:
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ShapeError(f"field {place}: {first['msg'].lower()}") from None


def _values(child: _Shape, country_id: CountryId) -> dict[str, Any]:
    values = child.model_dump(exclude={"id"}, exclude_unset=True)
    if isinstance(child, Identifier):
        return {"type": None, **values}
    if isinstance(child, Address) and (code := child.country):
        values["country"] = country_id(code)
        if values["country"] is None:
            raise ShapeError(f"field country: Tryton's country list has no {code!r}")
    return values


def _added(children: Sequence[_Shape], current: Sequence[Mapping[str, Any]]) -> list[_Shape]:
    there = {_identity(row) for row in current}
    added = []
    for child in children:
        if (identity := _identity(child.model_dump())) not in there:
            there.add(identity)
            added.append(child)
    return added


def _replaced(name: str, children: Sequence[Kept], current: Sequence[Mapping[str, Any]]) -> list[Kept]:
    there = {row["id"]: row for row in current}
    for child in children:
        if child.id not in there:
            raise ShapeError(f"field replace.{name}: the party has no row {child.id}")
    return [child for child in children if not _agrees(child, there[child.id])]


def _agrees(child: Kept, row: Mapping[str, Any]) -> bool:
    given = child.model_dump(exclude={"id"}, exclude_unset=True)
    return _identity({**row, **given}) == _identity(row) and given.get("name", row.get("name")) == row.get("name")


def _identity(child: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell by what a child is recognised; Tryton may have set its code or number in another layout.

    >>> _identity({"type": "cn_vat", "code": "91110000 600037341l"})
    ('cn_vat', '91110000600037341L')
    """
    if "code" in child:
        return (child["type"] or "", _compact(child["code"]))
    if "value" in child:
        return (child["type"], _compact(child["value"]))
    return tuple((child[name] or "").strip() for name in ("street", "postal_code", "city", "country"))


def _compact(text: str) -> str:
    return LAYOUT.sub("", text).upper()
