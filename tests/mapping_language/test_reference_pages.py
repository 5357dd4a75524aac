"""The page of a mapping tells a colleague all that the document does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.language import Mapping, load_mapping, parse_mapping
from mappings.language.pages import page

SPECS = sorted((Path(__file__).parents[2] / "mappings" / "specs").glob("*.yaml"))

MORE = """\
reject:
  - {when: 'blank(row["no"])', field: "no", because: the row has no number, remedy: Number it}
filter:
  - {when: 'row["note"] in ["测试", "a|b"]', because: a test}
outbound:
  name: {values: {name: value, kind: null}}
tests:
  - case: 一般情况
    given: {no: "1", name: 华强电子}
    expect: {key: "1"}
"""
GOLDEN = """\
# shop.customers

Customers of the shop.

Version 1 of the mapping of `customers` from `shop`.

## Source

| column | must be there | read by |
|---|---|---|
| `no` | yes | reject, key |
| `name` | yes | names |
| `note` | may be missing | filter, contacts |
| `phones[].kind` | may be missing | phones |
| `phones[].value` | may be missing | phones |

## Named values

| name | expression | source columns |
|---|---|---|
| `tidy` | `row["name"]` | `name` |

## Rules

- A row becomes a dead letter when `blank(row["no"])`: the row has no number. Number it.
- A row is left out when `row["note"] in ["测试", "a|b"]`: a test.

## party: customer

| attribute | data class | source columns | expression |
|---|---|---|---|
| `key` |  | `no` | `row["no"]` |
| `kind` | public |  | `organisation` |
| `names` | public | `name` | `[name(tidy, registered)]` |
| `phones` | business contact | `phones[].value`, `phones[].kind` | \
`[phones(p["value"]) for p in row["phones"] if p["kind"] == "tel"]` |
| `contacts` | personal | `note` | `[contact(row["note"])]` |

## Written back

| golden attribute | list | field | expression |
|---|---|---|---|
| `name` |  | `name` | `value` |
| `name` |  | `kind` | left empty |

## Code lists

| compared | codes |
|---|---|
| `row["note"]` | `测试`, `a\\|b` |
| `p["kind"]` | `tel` |

## Tests

一般情况:

```
given  {"no": "1", "name": "华强电子"}
expect {"key": "1"}
```
"""


def test_a_small_document_gives_this_page(minimal: str) -> None:
    remarks = "# yaml-language-server: $schema=../schema/mapping.json\n# Customers of the shop.\n"
    assert page(parse_mapping(remarks + minimal + MORE, "shop.yaml")) == GOLDEN


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_page_of_every_mapping_of_the_project_names_all_it_has(path: Path) -> None:
    mapping: Mapping = load_mapping(path)
    said = page(mapping)
    assert said == page(load_mapping(path))
    document = mapping.document
    rules = [rule.because.rstrip(".") for rule in (*document.reject, *document.filter)]
    words = [*document.let, *document.source.ignores, *document.outbound, *rules, *(t.case for t in document.tests)]
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_mapping_is_completed_by_editors(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema/mapping.json"
