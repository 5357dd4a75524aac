"""Every value is followed back: through lets and crosswalks, and up to the expression that could not be read."""

from __future__ import annotations

import pytest

from mappings.language import parse_mapping
from mappings.language.crosswalks import parse_crosswalk
from mappings.language.derivation import Derivation, derive

STATES = parse_crosswalk(
    "# crosswalk: shop_state\n# version: 3\n# owner: sales\ncode,canonical\nOPEN,active\nGONE,inactive\n", "states"
)
MAPPING = """\
mapping: shop.customers
version: 1
source: {system: shop, stream: customers, requires: [no, name, since, state, phones: [kind]]}
crosswalks: {states: shop_state@3}
let:
  coded: upper(row["state"])
  since: date(row["since"])
reject:
  - {when: 'blank(row["name"])', field: name, because: no name, remedy: Give it one}
emit:
  - entity: party
    record_type: customer
    key: row["no"]
    kind: organisation
    active: translate(coded, states) == "active" and translate(row["state"], states) == "active"
    names:
      - name(row["name"], registered, since)
      - name(first([translate(p["kind"], states) for p in row["phones"]]), short)
"""
ROW = {"no": "1", "name": "华强", "since": "2026-01-05", "state": "OPEN", "phones": []}


def steps(**changed: object) -> list[Derivation]:
    return derive(parse_mapping(MAPPING, "shop.yaml", {STATES.reference: STATES}), {**ROW, **changed})


def test_a_looked_up_value_names_version_and_row_of_the_crosswalk() -> None:
    found = {step.place: step for step in steps()}
    active = found["emit.0.active"]
    assert active.codes == ("shop_state@3: OPEN → active",)
    assert (active.lets, active.columns) == (("coded",), {"state": "OPEN"})
    assert found["emit.0.names.1"].codes == ("shop_state@3",)  # of several items
    assert found["emit.0.names.0"].lets == ("since",)


@pytest.mark.parametrize(
    ("changed", "place", "column"),
    [
        ({"state": "lost"}, "emit.0.active", "state"),
        ({"since": "soon"}, "let.since", "since"),
        ({"phones": [{"kind": "tel"}]}, "emit.0.names.1", "phones"),
        ({"name": ["华强"]}, "emit.0.names.0", "name"),
    ],
)
def test_of_a_row_that_cannot_be_read_the_last_step_is_the_expression_that_broke(
    changed: dict[str, object], place: str, column: str
) -> None:
    *before, last = steps(**changed)
    assert (last.place, last.value, last.columns[column]) == (place, None, changed[column])
    assert place not in [step.place for step in before]


def test_an_unseen_code_is_told_with_the_crosswalk_it_is_not_in() -> None:
    assert steps(state="LOST")[-1].codes == ("shop_state@3: LOST → not in it",)
