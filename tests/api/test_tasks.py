"""Tasks: each to one steward, answered once, put off, handed back, and where it counts approved by a second person."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from customer_master.stewardship.policy import Kind
from customer_master.stewardship.proposals import Proposal, propose
from hub import project
from hub.documents import load
from hub.store import documents as document_store
from tests.api.conftest import Caller
from tests.api.scene import HAITIAN_RECORD, HAITIAN_TOO_RECORD, HUAQIANG_ERP, HUAQIANG_SCM, Scene

_keys = itertools.count(1)
SAME = {"verdict": "same", "a": HAITIAN_RECORD, "b": HAITIAN_TOO_RECORD, "reason": "同一地址，名称笔误"}
Post = Callable[..., httpx.Response]


@pytest.fixture
def scene(copy_of_scene: Callable[[], AbstractContextManager[Scene]]) -> Iterator[Scene]:
    with copy_of_scene() as made:
        policy = load(made.hub.engine).stewardship
        with made.hub.begin() as db:
            questions = [
                Proposal(Kind.MERGE, (HAITIAN_RECORD, HAITIAN_TOO_RECORD), {"weight": 7.5}, bits=7.5),
                Proposal(Kind.MERGE, (HUAQIANG_SCM, HUAQIANG_ERP), {"weight": 1.0}, bits=1.0),
            ]
            propose(db, questions, policy, cs=3)
        yield made


@pytest.fixture
def post(caller: Caller) -> Post:
    clients = {user: caller(user) for user in ("steward", "steward2")}

    def send(path: str, body: Any, user: str = "steward", key: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        return clients[user].post(f"/api/v1/tasks{path}", json=body, headers=headers)

    return send


def want_a_second_person(scene: Scene) -> None:
    """Let every customer be worth so much that two have to agree."""
    documents = project.documents(scene.hub.settings.project)
    (policy,) = [d for d in documents if d.kind == "stewardship"]
    strict = replace(policy, body=policy.body.replace("per_record: 100 ", "per_record: 300000 "))
    with scene.hub.begin() as db:
        document_store.apply(db, [strict if d is policy else d for d in documents])


def test_of_two_stewards_each_gets_another_task(caller: Caller, post: Post) -> None:
    listed = caller("steward").get("/api/v1/tasks", params={"queue": "pairs"}).json()["items"]
    assert [t["records"] for t in listed] == [[HAITIAN_RECORD, HAITIAN_TOO_RECORD], [HUAQIANG_SCM, HUAQIANG_ERP]]
    taken = [post("/next", {}, user).json()["task"] for user in ("steward", "steward2", "steward2")]
    assert [t and (t["task"], t["state"], t["assignee"]) for t in taken] == [
        (listed[0]["task"], "claimed", "steward"), (listed[1]["task"], "claimed", "steward2"), None,
    ]  # fmt: skip
    refused = post(f"/{listed[0]['task']}/take", {}, "steward2")
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")


def test_whoever_lost_the_answer_gets_the_same_task_again(post: Post) -> None:
    assert post("/next", {"queues": ["pairs"]}, key="k").json() == post("/next", {"queues": ["pairs"]}, key="k").json()


def test_pages_of_a_queue_follow_the_order_of_urgency(caller: Caller) -> None:
    client = caller("steward")
    whole = client.get("/api/v1/tasks?queue=pairs").json()["items"]
    first = client.get("/api/v1/tasks?queue=pairs&limit=1").json()
    second = client.get("/api/v1/tasks", params={"queue": "pairs", "limit": 1, "cursor": first["next"]}).json()
    assert (first["items"] + second["items"], second["next"]) == (whole, None)
    waiting = {q["queue"]: q["waiting"] for q in client.get("/api/v1/queues").json()}
    assert (waiting["pairs"], waiting["values"]) == (2, 0)


def test_a_question_is_answered_and_a_task_given_away(caller: Caller, post: Post) -> None:
    task = post("/next", {}).json()["task"]
    path = f"/{task['task']}"
    refused = post(f"{path}/ask", {"of": "viewer", "text": "同一家吗？", "version": task["version"]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:customer-hub:problem:invalid")
    asked = post(f"{path}/ask", {"of": "steward2", "text": "同一家吗？", "version": task["version"]}).json()
    assert (asked["state"], asked["assignee"]) == ("waiting_answer", "steward")
    answered = post(f"{path}/answer", {"text": "是"}, "steward2").json()
    assert (answered["state"], answered["assignee"]) == ("open", "steward")
    assert post(f"{path}/answer", {"text": "是"}, "steward2").status_code == 412, "nobody waits any more"
    given = post(f"{path}/assign", {"to": "steward2", "version": answered["version"]}).json()
    assert given["assignee"] == "steward2"
    told = caller("steward").get(f"/api/v1/tasks{path}").json()["events"]
    assert [(e["kind"], e["who"]) for e in told[:3]] == [
        ("assigned", "steward"), ("commented", "steward2"), ("asked", "steward"),
    ]  # fmt: skip


def test_a_task_is_commented_put_off_and_handed_back(caller: Caller, post: Post) -> None:
    task = post("/next", {}).json()["task"]
    assert post(f"/{task['task']}/comment", {"text": "已致电客户，等回复"}).status_code == 200
    later = datetime.now(UTC) + timedelta(days=1)
    snoozed = post(f"/{task['task']}/snooze", {"until": later.isoformat(), "version": task["version"]}).json()
    assert (snoozed["state"], snoozed["snoozed_until"]) == ("open", later.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    too_late = post(f"/{task['task']}/snooze", {"until": "2999-01-01T00:00:00Z"})
    assert (too_late.status_code, too_late.json()["type"]) == (422, "urn:customer-hub:problem:invalid")
    stale = post(f"/{task['task']}/take", {"version": task["version"]})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:customer-hub:problem:stale")
    taken = post(f"/{task['task']}/take", {"version": snoozed["version"]}).json()
    assert post(f"/{task['task']}/hand-back", {"version": taken["version"]}).json()["assignee"] is None
    shown = caller("steward").get(f"/api/v1/tasks/{task['task']}").json()
    assert {"claimed", "commented", "snoozed", "handed_back"} <= {e["kind"] for e in shown["events"]}
    assert shown["detail"]["weight"] == 7.5


def test_an_answered_task_tells_the_second_steward_what_was_decided(caller: Caller, post: Post) -> None:
    task = post("/next", {}).json()["task"]
    done = post(f"/{task['task']}/decide", {"version": task["version"], "verdict": SAME})
    assert (done.status_code, done.json()["verdict"]) == (200, "same")
    assert caller("steward").get(f"/api/v1/tasks/{task['task']}").json()["state"] == "done"
    late = post(f"/{task['task']}/decide", {"verdict": {**SAME, "verdict": "different"}}, "steward2")
    assert (late.status_code, "steward" in late.json()["detail"]) == (412, True)


def test_a_verdict_of_weight_waits_for_a_second_person(caller: Caller, scene: Scene, post: Post) -> None:
    want_a_second_person(scene)
    task = post("/next", {}).json()["task"]
    waiting = post(f"/{task['task']}/decide", {"version": task["version"], "verdict": SAME})
    assert (waiting.status_code, waiting.json()["state"]) == (202, "awaiting_second")
    assert caller("steward").get("/api/v1/decisions").json()["items"] == []
    assert post(f"/{task['task']}/approve", {}).status_code == 403  # the one who decided
    approved = post(f"/{task['task']}/approve", {}, "steward2")
    assert approved.status_code == 200, approved.text
    (decision,) = caller("steward").get("/api/v1/decisions").json()["items"]
    assert (decision["who"], decision["second"], decision["reason"]) == ("steward", "steward2", SAME["reason"])
    assert caller("steward").get(f"/api/v1/tasks/{task['task']}").json()["state"] == "done"


def test_a_rejected_verdict_goes_back_to_whoever_decided(caller: Caller, scene: Scene, post: Post) -> None:
    want_a_second_person(scene)
    asked = caller("steward").post("/api/v1/decisions", json=SAME, headers={"Idempotency-Key": "direct"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "approval")
    again = caller("steward").post("/api/v1/decisions", json=SAME, headers={"Idempotency-Key": "direct"})
    assert (again.status_code, again.json()) == (202, asked.json())
    task = asked.json()["task"]
    rejected = post(f"/{task}/reject", {"reason": "两家公司法人不同"}, "steward2")
    assert rejected.json()["state"] == "obsolete"
    assert caller("steward").get("/api/v1/decisions").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/999/take", {}, 404),
        ("/1/comment", {"text": " "}, 422),
        ("/1/comment", {"text": "字" * 4001}, 422),
        ("/1/take", {"version": 0}, 422),
        ("/next", {"queues": ["没有"]}, 422),
        ("/1/snooze", {"until": "2026-11-30T08:00:00"}, 422),
        ("/1/approve", {}, 412),
    ],
)
def test_what_cannot_be_done_with_a_task_is_a_problem(post: Post, path: str, body: Any, status: int) -> None:
    answer = post(path, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
