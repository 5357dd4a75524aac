from __future__ import annotations

from pathlib import Path

import pytest

MINIMAL = """\
mapping: shop.customers
version: 1
source:
  system: shop
  stream: customers
  requires: [no, name]
  optional: [note, phones: [kind, value]]
let:
  tidy: text(row["name"])
emit:
  - entity: party
    record_type: customer
    key: row["no"]
    kind: organisation
    names:
      - name(tidy, registered)
    contacts:
      - contact(row["note"])
    phones:
      - '[phones(p["value"]) for p in row["phones"] if p["kind"] == "tel"]'
"""


@pytest.fixture(scope="session")
def specs() -> Path:
    return Path(__file__).parents[2] / "mappings" / "specs"


@pytest.fixture
def minimal() -> str:
    """A small correct document for tests to spoil."""
    return MINIMAL
