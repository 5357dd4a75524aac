"""What waits among the dead letters is tried again when somebody asks, and closed when it is through."""

from __future__ import annotations

import pytest

from hub.errors import UsageError
from hub.pipeline.replay import replay
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation

RULES = "dq_rules/party.yaml"
LONG = "深圳市" + "华强" * 60 + "有限公司"


def waiting(hub: Installation) -> list[int]:
    return [row["id"] for row in hub.rows("select id from hub.dead_letter where settled_us is null order by id")]


def test_a_held_row_comes_through_after_its_rule_was_mended(hub: Installation) -> None:
    hub.edit(RULES, "max_value: 200", "max_value: 100")
    hub.apply()
    named = {**YUANDA, "客户名称": LONG}
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG, named, {**HONGDA, "客户名称": "无"}))
    assert hub.sync().state == "green"
    held = waiting(hub)
    assert len(held) == 2

    again = replay(hub.settings, hub.engine, held[:1])
    assert (again.state, again.sources["scm"]["ship_tos"]) == ("green", {"landed": 0, "replayed quarantined": 1})
    (newer,) = set(waiting(hub)) - set(held)
    assert waiting(hub) == [held[1], newer], "the old letter is closed, the newer one has taken its place"

    hub.edit(RULES, "max_value: 100", "max_value: 200")
    hub.apply()
    again = replay(hub.settings, hub.engine, [newer])
    assert again.sources["scm"]["ship_tos"]["replayed recorded"] == 1
    assert waiting(hub) == [held[1]]
    assert "ship_to/S002" in hub.live()
    assert hub.sync().state == "green"


def test_what_does_not_wait_cannot_be_replayed(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file({**HONGDA, "客户名称": "无"}))
    hub.sync()
    (letter,) = waiting(hub)
    replay(hub.settings, hub.engine, [letter])
    with pytest.raises(UsageError, match=f"Dead letter {letter} does not wait"):
        replay(hub.settings, hub.engine, [letter])
