"""The feed: in the order of commits, nothing lost, nothing skipped, waiting when there is nothing."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.api.scene import COMPANY, CONSUMER, DOUBTFUL, DOUBTFUL_TOO, MERGED, SPLIT, Scene

_CHANGED = "insert into master.event (cs, ord, type, party_id, payload) values (:cs, 0, 'changed', :party, '{}')"


def test_the_feed_tells_all_in_the_order_of_commits(caller: Caller, scene: Scene) -> None:
    feed = caller("viewer").get("/api/v1/events").json()
    assert [(e["type"], e["customer"]) for e in feed["events"]] == [
        ("created", scene.number(COMPANY)), ("created", scene.number(CONSUMER)), ("created", scene.number(MERGED)),
        ("created", scene.number(SPLIT)), ("created", scene.number(DOUBTFUL)), ("created", scene.number(DOUBTFUL_TOO)),
        ("merged", scene.number(MERGED)), ("split", scene.number(SPLIT)),
    ]  # fmt: skip
    assert feed["events"][-1]["customers"] == [scene.number(DOUBTFUL), scene.number(DOUBTFUL_TOO)]
    assert (feed["next"], feed["more"]) == (feed["events"][-1]["cursor"], False)


def test_pages_of_the_feed_cut_through_a_commit(caller: Caller) -> None:
    client = caller("viewer")
    whole = client.get("/api/v1/events").json()["events"]
    found: list[dict[str, Any]] = []
    cursor, more = "0.0", True
    while more:
        page = client.get("/api/v1/events", params={"after": cursor, "limit": 3}).json()
        found, cursor, more = found + page["events"], page["next"], page["more"]
    assert found == whole


def test_a_waiting_consumer_is_told_at_once(caller: Caller, scene: Scene) -> None:
    client = caller("viewer")
    last = client.get("/api/v1/events").json()["next"]
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(client.get("/api/v1/events", params={"after": last, "wait": 30}).json())
    )
    waiting.start()
    cs = scene.commit(_CHANGED, party=COMPANY)
    waiting.join(20)
    assert [(e["cursor"], e["type"]) for e in answers[0]["events"]] == [(f"{cs}.0", "changed")]


def test_waiting_ends_with_its_time(caller: Caller) -> None:
    client = caller("viewer")
    last = client.get("/api/v1/events").json()["next"]
    began = time.monotonic()
    feed = client.get("/api/v1/events", params={"after": last, "wait": 1}).json()
    assert (feed["events"], feed["next"]) == ([], last)
    assert 1 <= time.monotonic() - began < 10
    assert client.get("/api/v1/events", params={"wait": 31}).status_code == 422


def test_events_of_other_units_are_passed_over(caller: Caller, scene: Scene) -> None:
    feed = caller("shanghai").get("/api/v1/events").json()
    assert {e["customer"] for e in feed["events"]} == {scene.number(p) for p in (COMPANY, CONSUMER, MERGED)}
    assert feed["next"] == caller("viewer").get("/api/v1/events").json()["next"]


def test_a_consumer_goes_on_where_it_was_also_back_and_is_its_users_own(caller: Caller, scene: Scene) -> None:
    client = caller("viewer")
    assert client.get("/api/v1/consumers/crm").json() == {"consumer": "crm", "cursor": "0.0"}
    for cursor in ("3.1", "2.0"):
        assert client.put("/api/v1/consumers/crm", json={"cursor": cursor}).status_code == 200
        assert client.get("/api/v1/consumers/crm").json()["cursor"] == cursor
    assert caller("steward").get("/api/v1/consumers/crm").json()["cursor"] == "0.0"


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", "-1.0", "1.-1", "9" * 19 + ".0", "١.٠"])
def test_what_is_no_cursor_is_refused(caller: Caller, cursor: str) -> None:
    client = caller("viewer")
    assert client.get("/api/v1/events", params={"after": cursor}).status_code == 422
    assert client.put("/api/v1/consumers/crm", json={"cursor": cursor}).status_code == 422
