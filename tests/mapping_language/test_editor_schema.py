"""Editors complete and check mapping documents by a schema that is always the language's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mappings.language.editor_schema import FILE, mapping_schema, written_schema
from mappings.language.yaml_positions import read_yaml

SPECS = sorted((Path(__file__).parents[2] / "mappings/specs").glob("*.yaml"))


def mistakes(document: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(mapping_schema()).iter_errors(document)]


def test_the_schema_in_the_project_is_the_languages() -> None:
    assert FILE.read_text(encoding="utf-8") == written_schema(), "write it anew with: hub mapping schema"


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_document_of_the_project_fits(path: Path) -> None:
    assert mistakes(read_yaml(path.read_text(encoding="utf-8"), path.name).value) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("record_type: customer", "record_typ: customer"),
        ("    kind: organisation\n", ""),
        ("version: 1", "version: one"),
        ("entity: party", "entity: partei"),
        ("  tidy: text", "  - tidy: text"),
        ("    names:\n      - name(tidy, registered)", "    names: name(tidy, registered)"),
        ("let:", "outbound:\n  nmae: {values: {a: value}}\nlet:"),
    ],
)
def test_an_editor_underlines_what_has_the_wrong_form(minimal: str, old: str, new: str) -> None:
    assert mistakes(read_yaml(minimal, "shop.yaml").value) == []
    assert mistakes(read_yaml(minimal.replace(old, new), "shop.yaml").value)
