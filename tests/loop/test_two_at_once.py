"""Two syncs at the same time: one after the other, or one sentence; nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from hub.pipeline.sync import sync
from hub.store.database import open_database
from hub.store.lock import exclusive
from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, csv_file, xlsx_file
from tests.loop.installation import Answer, Installation


def test_the_second_waits_and_finds_nothing_left(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, HONGDA))
    hub.put("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER))
    other = open_database(hub.settings)
    with ThreadPoolExecutor(2) as both:
        accounts = list(both.map(lambda engine: sync(hub.settings, engine), (hub.engine, other)))
    other.dispose()
    landed = [sum(own["landed"] for own in a.sources["scm"].values()) for a in accounts]
    assert sorted(landed) == [0, 3]
    assert [a.state for a in accounts] == ["green", "green"]
    assert len(hub.live()) == 3
    assert hub.rows("select count(*) as n from master.source_record_version") == [{"n": 3}]
    assert len(hub.landed()) == 2


def test_who_waited_long_enough_is_told_so(
    hub: Installation, command: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.pipeline.sync.exclusive", partial(exclusive, wait_seconds=0.1))
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    with exclusive(hub.engine, "pipeline"):
        said = command("sync", "--json")
    sentence = "hub: Another process holds the pipeline lock. Wait until it is through, then try again\n"
    assert said == Answer(75, "", sentence)
    assert hub.rows("select 1 from hub.run") == []
    assert hub.sync().sources["scm"]["ship_tos"] == {"landed": 1, "recorded": 1}
