"""Deciding: once, about what was looked at, never against what stands; and taking it back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from tests.api.conftest import Caller
from tests.api.scene import (
    COMPANY,
    CONSUMER,
    CONTENT_TYPE,
    DOUBTFUL,
    DOUBTFUL_TOO,
    HAITIAN_RECORD,
    HAITIAN_TOO_RECORD,
    HUAQIANG_ERP,
    HUAQIANG_SCM,
    LI_RECORD,
    Scene,
)

_keys = itertools.count(1)
PAIR = {"a": HAITIAN_RECORD, "b": HAITIAN_TOO_RECORD}


@pytest.fixture
def scene(copy_of_scene: Callable[[], AbstractContextManager[Scene]]) -> Iterator[Scene]:
    with copy_of_scene() as made:
        yield made


@pytest.fixture
def post(caller: Caller) -> Callable[..., httpx.Response]:
    clients = {user: caller(user) for user in ("steward", "steward2")}

    def send(path: str, body: Any, user: str = "steward", key: str = "", if_match: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"} | ({"If-Match": if_match} if if_match else {})
        return clients[user].post(f"/api/v1{path}", json=body, headers=headers)

    return send


Post = Callable[..., httpx.Response]


def test_two_records_become_one_customer_and_two_again(caller: Caller, scene: Scene, post: Post) -> None:
    done = post("/decisions", {"verdict": "same", **PAIR, "reason": "同一营业执照"})
    assert done.status_code == 200, done.text
    made = done.json()
    assert (len(made["customers"]), len(made["ended"])) == (1, 1)
    kept = made["customers"][0]
    shown = caller("viewer").get(f"/api/v1/customers/{kept['number']}")
    assert (shown.headers["etag"], len(shown.json()["records"])) == (kept["etag"], 2)
    (decision,) = caller("steward").get("/api/v1/decisions").json()["items"]
    assert (decision["verdict"], decision["who"], decision["reason"]) == ("same", "steward", "同一营业执照")
    undone = post(f"/changes/{made['commit']}/undo", {"reason": "看错了"})
    assert {c["number"] for c in undone.json()["customers"]} == {scene.number(DOUBTFUL), scene.number(DOUBTFUL_TOO)}
    assert caller("steward").get(f"/api/v1/decisions/{made['decision']}").json()["stands"] is False


def test_a_repeated_request_has_its_effect_once(caller: Caller, scene: Scene, post: Post) -> None:
    body = {"verdict": "different", **PAIR}
    first, again = post("/decisions", body, key="k1"), post("/decisions", body, key="k1")
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert scene.sql("select count(*) from master.decision") == [(1,)]
    other = post("/decisions", {"verdict": "same", **PAIR}, key="k1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:customer-hub:problem:key-reused")
    assert post("/decisions", body, user="steward2", key="k1").status_code == 409  # its own key, but decided already


def test_a_refused_act_leaves_its_key_free(post: Post) -> None:
    bad = {"verdict": "same", "a": HAITIAN_RECORD, "b": HAITIAN_RECORD}
    assert post("/decisions", bad, key="k2").status_code == 422
    assert post("/decisions", {"verdict": "same", **PAIR}, key="k2").status_code == 200


def test_a_request_beside_its_own_repetition_is_told_to_wait(scene: Scene, post: Post) -> None:
    body = {"verdict": "different", **PAIR}
    assert post("/decisions", body, key="k3").status_code == 200
    scene.sql_do("update hub.api_answer set status = 0, at_us = 4000000000000000 where key = 'k3'")
    waiting = post("/decisions", body, key="k3")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")


def test_a_request_whose_first_died_is_taken_over(scene: Scene, post: Post) -> None:
    body = {"verdict": "different", **PAIR}
    assert post("/decisions", body, key="k4").status_code == 200
    scene.sql_do(
        "update hub.api_answer set status = 0, at_us = (extract(epoch from now()) * 1000000)::bigint - 61000000"
        " where key = 'k4'"
    )
    again = post("/decisions", body, key="k4")
    assert (again.status_code, "idempotency-replayed" in again.headers) == (409, False)  # tried again: it is decided
    assert scene.sql("select count(*) from master.decision") == [(1,)]


def test_a_contradiction_names_the_decisions_that_say_the_opposite(post: Post) -> None:
    post("/decisions", {"verdict": "same", "a": HUAQIANG_SCM, "b": HUAQIANG_ERP})
    post("/decisions", {"verdict": "different", "a": HUAQIANG_ERP, "b": HAITIAN_RECORD})
    refused = post("/decisions", {"verdict": "same", "a": HUAQIANG_SCM, "b": HAITIAN_RECORD})
    problem = refused.json()
    assert (refused.status_code, refused.headers["content-type"]) == (409, CONTENT_TYPE)
    assert (problem["type"], problem["title"]) == ("urn:customer-hub:problem:contradiction", "Conflict")
    assert problem["remedy"]
    assert [(link["verdict"], link["who"], sorted(link["records"])) for link in problem["chain"]] == [
        ("same", "steward", [HUAQIANG_SCM, HUAQIANG_ERP]),
        ("different", "steward", [HUAQIANG_ERP, HAITIAN_RECORD]),
    ]


def test_customers_are_decided_about_only_as_they_were_looked_at(caller: Caller, scene: Scene, post: Post) -> None:
    numbers = [scene.number(DOUBTFUL), scene.number(DOUBTFUL_TOO)]
    body = {"verdict": "merge", "customers": numbers}
    assert post("/decisions", body).status_code == 428
    stale = post("/decisions", body, if_match='"2", "3"')
    assert (stale.status_code, stale.json()["current"]) == (412, dict.fromkeys(numbers, '"3"'))
    assert post("/decisions", body, if_match='"3"').status_code == 422
    assert post("/decisions", body, if_match="W/x, y").status_code == 412
    merged = post("/decisions", body, if_match='"3", "3"').json()
    assert len(merged["ended"]) == 1
    gone = post("/decisions", body, if_match="*")
    assert (gone.status_code, gone.json()["successors"]) == (410, [merged["customers"][0]["number"]])


def test_a_customer_is_split_and_a_value_pinned(caller: Caller, scene: Scene, post: Post) -> None:
    company = scene.number(COMPANY)
    pinned = post(
        "/decisions",
        {"verdict": "pin", "customer": company, "attribute": "short_name", "value": "华强"},
        if_match='"3"',
    ).json()
    customer = caller("viewer").get(f"/api/v1/customers/{company}").json()
    assert customer["values"]["short_name"]["value"] == "华强"
    assert customer["values"]["short_name"]["pin"] == customer["pins"][0]["pin"]
    tag = pinned["customers"][0]["etag"]
    body = {"verdict": "unpin", "customer": company, "pin": customer["pins"][0]["pin"]}
    unpinned = post("/decisions", body, if_match=tag).json()
    split = post(
        "/decisions",
        {"verdict": "split", "customer": company, "groups": [[HUAQIANG_SCM], [HUAQIANG_ERP]]},
        if_match=unpinned["customers"][0]["etag"],
    )
    assert len(split.json()["customers"]) == 2


def test_relations_are_stated_and_ended(caller: Caller, scene: Scene, post: Post) -> None:
    body = {"from_record": HAITIAN_TOO_RECORD, "to_record": HAITIAN_RECORD, "type": "branch_of"}
    stated = post("/decisions", {"verdict": "related", **body, "effective_from": "2020-01-01"})
    assert stated.status_code == 200, stated.text
    (relation,) = caller("viewer").get(f"/api/v1/customers/{scene.number(DOUBTFUL)}").json()["relations"]
    assert (relation["type"], relation["outgoing"], relation["other_id"]) == (
        "branch_of", False, scene.number(DOUBTFUL_TOO),
    )  # fmt: skip
    assert post("/decisions", {"verdict": "unrelated", **body}).status_code == 200


def test_history_tells_who_did_what_page_by_page(caller: Caller, scene: Scene, post: Post) -> None:
    post("/decisions", {"verdict": "same", **PAIR, "reason": "同一营业执照"})
    (kept,) = [
        n for n in (scene.number(DOUBTFUL), scene.number(DOUBTFUL_TOO))
        if caller("viewer").get(f"/api/v1/customers/{n}").status_code == 200
    ]  # fmt: skip
    client = caller("viewer")
    whole = client.get(f"/api/v1/customers/{kept}/history").json()["items"]
    assert (whole[0]["who"], whole[0]["decision"]["reason"]) == ("steward", "同一营业执照")
    assert {move["what"] for move in whole[0]["moves"]} >= {"joined"}
    first = client.get(f"/api/v1/customers/{kept}/history", params={"limit": 1}).json()
    rest = client.get(f"/api/v1/customers/{kept}/history", params={"cursor": first["next"]}).json()
    assert first["items"] + rest["items"] == whole


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "same", "a": 1, "b": 999}, 404),
        ({"verdict": "same", "a": 1}, 422),
        ({"verdict": "same", "a": 1, "b": 2**63}, 422),
        ({"verdict": "same", "a": LI_RECORD, "b": HUAQIANG_SCM}, 409),
        ({"verdict": "same", **PAIR, "reason": "字" * 2001}, 422),
        ({"verdict": "guess", **PAIR}, 422),
        ({"verdict": "related", "from_record": 4, "to_record": 5, "type": "friend_of"}, 422),
        ({"verdict": "related", "from_record": 4, "to_record": 5, "type": "branch_of", "share": 101}, 422),
        (
            {"verdict": "pin", "customer": "CM-KRVQ-KEBX-N", "attribute": "name", "value": "x", "mode": "until_date"},
            422,
        ),
        ([], 422),
    ],
)
def test_what_cannot_be_decided_is_a_problem(post: Post, body: Any, status: int) -> None:
    answer = post("/decisions", body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, CONTENT_TYPE), answer.text


def test_whoever_does_not_see_a_record_decides_nothing_about_it(caller: Caller, scene: Scene, post: Post) -> None:
    done = post("/decisions", {"verdict": "different", **PAIR}).json()
    scene.sql_do("update hub.app_user set org_units = '{shanghai}' where name = 'steward2'")
    same = {"verdict": "same", **PAIR}
    assert post("/decisions", same, user="steward2").status_code == 404
    assert post(f"/changes/{done['commit']}/undo", {}, user="steward2").status_code == 404
    assert caller("steward2").get(f"/api/v1/decisions/{done['decision']}").status_code == 404
    assert caller("steward2").get("/api/v1/decisions").json()["items"] == []
    merge = {"verdict": "merge", "customers": [scene.number(DOUBTFUL), scene.number(CONSUMER)]}
    assert post("/decisions", merge, user="steward2", if_match="*").status_code == 404


def test_an_act_needs_a_key(caller: Caller) -> None:
    answer = caller("steward").post("/api/v1/decisions", json={"verdict": "same", **PAIR})
    assert (answer.status_code, "Idempotency-Key" in answer.json()["detail"]) == (422, True)
