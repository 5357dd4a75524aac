"""The JSON Schema of stored records, generated from the model: every type, every attribute with its data class."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from inspect import getdoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from mappings.canonical.record import ENTITIES, MODEL_VERSION, Reference

FILE = Path(__file__).parents[1] / "schema" / "model.json"
"""Where it lies in the project."""

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
    datetime: {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
    Decimal: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
}


def model_schema() -> dict[str, Any]:
    """Generate the schema (JSON Schema 2020-12): ``$defs`` has each entity and each part under its name."""
    definitions: dict[str, Any] = {}
    for entity, content in ENTITIES.items():
        definitions[entity] = _payload(content, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stored records of the canonical model",
        "anyOf": [{"$ref": f"#/$defs/{entity}"} for entity in ENTITIES],
        "$defs": definitions,
    }


def written_schema() -> str:
    """Write the schema as it lies in the project."""
    return json.dumps(model_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _payload(content: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """Describe the stored form of an entity; texts, lists and what is missing are left out where they are empty."""
    form: dict[str, Any] = _object(content, definitions)
    kept = [f.name for f in fields(content) if f.default is MISSING and f.type != "str"]
    references = {"type": "array", "items": _typed(Reference, definitions)}
    form["properties"] = {"model": {"const": MODEL_VERSION}, **form["properties"], "references": references}
    return {**form, "required": ["model", *kept, "references"]}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        "type": "object",
        "description": (getdoc(kind) or "").partition("\n\n")[0],
        "properties": {f.name: _attribute(f, hints[f.name], definitions) for f in fields(kind)},
        "required": [f.name for f in fields(kind) if not f.metadata["added"]],
        "additionalProperties": False,
    }


def _attribute(f: Field[Any], hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    words = f.metadata["words"]
    form: dict[str, Any]
    if get_origin(hint) is tuple:
        form = {"type": "array", "items": _typed(words or get_args(hint)[0], definitions)}
    elif isinstance(hint, UnionType):
        form = {"anyOf": [_typed(part, definitions) for part in get_args(hint)]}
    else:
        form = _typed(words or hint, definitions)
    return {**form, "x-data-class": str(f.metadata["data_class"])}


def _typed(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Describe a type; one of the model's own stands once, under its name."""
    if kind is NoneType:
        return {"type": "null"}
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = _words(kind) if issubclass(kind, StrEnum) else _object(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _words(family: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [str(word) for word in family], "description": getdoc(family)}
