"""How good the whole chain is on landscapes it was not tuned on: nobody merged who must not be, most found who must."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.demo.landscape import Landscape, evaluate, generate
from tests.store.workshop import Workshop, landscape_rows

pytestmark = pytest.mark.slow


def partition(workshop: Workshop, landscape: Landscape) -> dict[tuple[str, str, str], int]:
    code_of = {str(number): document["code"] for number, document in enumerate(landscape.erp(), 1)}
    rows = workshop.sql(
        "select s.code, r.record_type, r.native_key, m.party_id from master.membership m"
        " join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id"
        " where m.to_cs = :open"
    )
    return {(s, kind, code_of[key] if s == "erp" else key): party for s, kind, key, party in rows}


@pytest.mark.parametrize("seed", [7, 20261122])
def test_two_thousand_customers(workshop: Workshop, tmp_path: Path, seed: int) -> None:
    landscape = generate(2000, seed)
    workshop.take_in(landscape_rows(landscape, tmp_path / "files"))
    evaluation = evaluate(landscape.truth(), partition(workshop, landscape))
    assert evaluation.precision >= 0.995
    assert evaluation.x_merges == 0
    assert evaluation.recall_with_evidence >= 0.75
    assert {kind.label for kind in evaluation.kinds} == {"M", "L", "X"}
    together = {kind.kind: kind.together for kind in evaluation.kinds if kind.label == "X"}
    assert not any(together.values()), together
    assert evaluation.true_pairs_without_identifier / evaluation.true_pairs >= 0.25
