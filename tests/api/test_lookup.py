"""Search before create: the draft that is a customer already, the one that may be, the one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.api.scene import COMPANY, CONSUMER, DOUBTFUL, DOUBTFUL_TOO, LI, Scene


def ask(caller: Caller, user: str = "viewer", **draft: Any) -> list[dict[str, Any]]:
    answer = caller(user).post("/api/v1/lookup", json=draft)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["candidates"]
    return found


def test_a_draft_with_the_number_of_a_customer_is_that_customer(caller: Caller, scene: Scene) -> None:
    (candidate,) = ask(caller, names=["深圳华强电子有限公司"], identifiers=["91440300-1922038216"])
    assert (candidate["number"], candidate["band"], candidate["etag"]) == (scene.number(COMPANY), "match", '"3"')
    assert candidate["probability"] > 0.99
    reasons = {reason["attribute"]: reason["zh"] for reason in candidate["why"]}
    assert reasons["identifier"] == "证照号码相同" or "有效" in reasons["identifier"]


def test_a_name_alone_is_a_question_not_a_match(caller: Caller, scene: Scene) -> None:
    (candidate,) = ask(caller, names=["深圳市华强电子有限公司"])
    assert (candidate["number"], candidate["band"]) == (scene.number(COMPANY), "review")


def test_a_doubtful_draft_finds_both_with_the_likelier_first(caller: Caller, scene: Scene) -> None:
    found = ask(
        caller,
        names=["宁波海天精密机器有限公司"],
        phones=["0574-86181234"],
        addresses=["宁波市北仑区小港街道海天路32号"],
    )
    assert [c["number"] for c in found] == [scene.number(DOUBTFUL_TOO), scene.number(DOUBTFUL)]


def test_nobody_is_found_for_a_stranger_and_nothing_is_stored(caller: Caller, scene: Scene) -> None:
    count = "select (select count(*) from master.source_record), (select count(*) from master.blocking_key)"
    before = scene.sql(count)
    assert ask(caller, names=["拉萨雪域旅行社有限公司"], phones=["0891-6333333"]) == []
    assert scene.sql(count) == before


def test_the_answer_shows_nothing_of_a_persons_contact_data(caller: Caller, scene: Scene) -> None:
    answer = caller("viewer").post("/api/v1/lookup", json={"kind": "person", "names": [LI], "phones": ["13916688021"]})
    (candidate,) = answer.json()["candidates"]
    assert (candidate["number"], candidate["band"]) == (scene.number(CONSUMER), "match")
    assert "13916688021" not in answer.text


def test_records_of_other_units_are_no_candidates(caller: Caller) -> None:
    assert ask(caller, "shanghai", names=["宁波海天精密机器有限公司"]) == []


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"names": [""]},
        {"names": ["x" * 301]},
        {"names": ["华强"] * 11},
        {"kind": "planet", "names": ["华强"]},
        {"names": ["华强"], "country": "China"},
        {"name": "华强"},
        {"contacts": ["王总"]},
    ],
)
def test_what_is_no_draft_is_refused(caller: Caller, draft: dict[str, Any]) -> None:
    answer = caller("viewer").post("/api/v1/lookup", json=draft)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:customer-hub:problem:invalid")
