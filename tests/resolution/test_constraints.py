"""What keeps groups of records apart when they are clustered."""

from __future__ import annotations

from typing import Any

from customer_master.resolution.clustering import cluster, groups_of, scored_pairs
from customer_master.resolution.constraints import conflicts
from customer_master.resolution.party import Values, values_of
from customer_master.resolution.scoring import Score, linkages
from mappings.canonical import Kind

CODE = "914403055812182182"
OTHER_CODE = "91310115434272812K"


def _grouped(said: dict[int, Values], bits: dict[tuple[int, int], float]) -> list[tuple[int, ...]]:
    return groups_of(list(said), cluster(list(said), scored_pairs(bits), conflict=conflicts(said)))


def _score(weight: float, band: Any, *evidence: str) -> Score:
    return Score(weight, 0.5, band, evidence, "")


def test_a_record_without_a_code_does_not_chain_two_codes_together(party: Any) -> None:
    said = {
        1: values_of(party("深圳市华强电子有限公司", code=CODE)),
        2: values_of(party("华强电子")),
        3: values_of(party("上海华强电子有限公司", code=OTHER_CODE)),
    }
    assert _grouped(said, {(1, 2): 12.0, (2, 3): 11.0}) == [(1, 2), (3,)]


def test_a_branch_stays_out_of_the_group_of_its_head_office(party: Any) -> None:
    said = {
        1: values_of(party("深圳市华强电子有限公司", code=CODE)),
        2: values_of(party(code=CODE)),
        3: values_of(party("深圳市华强电子有限公司广州分公司", code=CODE)),
    }
    assert _grouped(said, {(1, 2): 12.0, (2, 3): 11.0}) == [(1, 2), (3,)]


def test_kinds_stay_apart(party: Any) -> None:
    said = {1: values_of(party("王伟", kind=Kind.PERSON)), 2: values_of(party("王伟"))}
    assert _grouped(said, {(1, 2): 30.0}) == [(1,), (2,)]


def test_doubts_and_relations_speak_against_a_group_and_a_bare_name_for_nothing() -> None:
    scores = {
        (1, 2): _score(12.0, "match", "phone_rare"),
        (1, 3): _score(12.0, "review", "address_rare"),
        (2, 3): _score(12.0, "review"),
        (3, 4): _score(20.0, "related", "identifier_equal"),
        (1, 5): _score(-9.0, "different"),
        (2, 5): _score(4.0, "different", "phone_rare"),
        (1, 6): _score(-2.0, "match"),
    }
    found = linkages(scores)
    assert found[1, 2] == 12.0
    assert found[1, 3] < 0
    assert found[2, 5] < 0
    assert not {(2, 3), (1, 5)} & found.keys()
    assert found[3, 4] < found[1, 3]
    assert found[1, 6] > 0
