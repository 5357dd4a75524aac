"""The JSON Schema of mapping documents: completion and checks in any editor with a YAML language server.

It knows the form of a document. What stands inside expressions is for ``hub mapping lint``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mappings.language.document import Document, Emit
from mappings.language.entities import DEFAULTS, FORMS, OPTIONAL
from mappings.language.program import GOLDEN
from mappings.language.types import Type

FILE = Path(__file__).parents[1] / "schema" / "mapping.json"
"""Where it lies in the project, for ``# yaml-language-server: $schema=../schema/mapping.json`` in a document."""

_EXPRESSION: dict[str, Any] = {"type": ["string", "boolean", "integer"]}


def mapping_schema() -> dict[str, Any]:
    """Generate the schema (JSON Schema 2020-12)."""
    schema = Document.model_json_schema()
    definitions = schema["$defs"]
    common = definitions.pop("Emit")["properties"]
    definitions["Emit"] = {
        "type": "object",
        "description": "One canonical record that is made of every document.",
        "properties": {"entity": {"enum": list(FORMS), "description": "its canonical entity"}},
        "required": ["entity"],
        "oneOf": [_emit(entity, common) for entity in FORMS],
    }
    schema["properties"]["outbound"]["propertyNames"] = {"enum": list(GOLDEN)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "A mapping document"}


def written_schema() -> str:
    """Write the schema as it lies in the project."""
    return json.dumps(mapping_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _emit(entity: str, common: dict[str, Any]) -> dict[str, Any]:
    form = FORMS[entity]
    own = {a: _attribute(type_) for a, type_ in form.single.items()}
    lists = {a: {"type": "array", "items": _attribute(type_.element)} for a, type_ in form.elements.items()}
    needed = [a for a, type_ in form.single.items() if type_.name not in {*DEFAULTS, *OPTIONAL}]
    return {
        "properties": {**{a: common[a] for a in Emit.model_fields}, "entity": {"const": entity}, **own, **lists},
        "required": ["entity", "record_type", "key", *needed],
        "additionalProperties": False,
    }


def _attribute(type_: Type) -> dict[str, Any]:
    return {**_EXPRESSION, "description": f"an expression that gives a {type_.name.replace('_', ' ')}"}
