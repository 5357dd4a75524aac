"""Operating: the account of a run, dead letters by cause, and trying again once the cause is gone."""

from __future__ import annotations

import re

from tests.loop.installation import SHIP_TOS
from tests.web.site import Site


def texts(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_run_shows_what_became_of_every_row(site: Site) -> None:
    page = texts(site.client("operator").get("/runs/1").text)
    assert "Run 1 green" in page
    assert "scm.ship_tos 17 15 1 1" in page
    assert "the update date is a bad date" in page
    chinese = texts(site.client("operator", language="zh").get("/runs/1").text)
    assert "没有名称" in chinese
    assert "请在来源系统中填写注册名称" in chinese


def test_a_system_that_could_not_be_read_is_named_with_its_error(site: Site) -> None:
    site.hub.execute(
        "insert into hub.pull (run_id, system, stream, state, error) values"
        """ (1, 'erp', 'party', 'failed', '{"class": "RetryableError", "message": "erp does not answer <b>"}')"""
    )
    page = site.client("operator").get("/runs/1").text
    assert "erp does not answer &lt;b&gt;" in page
    assert "✗" not in page
    assert 'class="state red"' in page
    site.hub.execute("delete from hub.pull where system = 'erp'")


def test_dead_letters_are_filtered_by_cause(site: Site) -> None:
    client = site.client("operator")
    everything = client.get("/dead-letters").text
    assert everything.count('<details class="record">') == 2
    held = client.get("/dead-letters", params={"kind": "quarantined", "system": "scm", "cause": "name_present"}).text
    assert held.count('<details class="record">') == 1
    assert "Enter the registered name in the source" in held
    assert client.get("/dead-letters?system=erp").text.count('<details class="record">') == 0
    assert client.get("/dead-letters?run=99").text.count('<details class="record">') == 0


def test_what_is_still_wrong_stays_and_what_was_mended_is_settled(site: Site) -> None:
    client = site.client("operator")
    (letter,) = site.hub.rows("select id from hub.dead_letter where kind = 'rejected' and settled_us is null")
    answer = client.post("/dead-letters/replay", data={"letter": letter["id"]})
    assert answer.status_code == 303
    run = answer.headers["location"]
    assert re.fullmatch(r"/runs/\d+", run)
    assert "replay" in texts(client.get(run).text)
    assert len(site.hub.rows("select 1 from hub.dead_letter where kind = 'rejected' and settled_us is null")) == 1

    site.hub.edit(SHIP_TOS, "更新日期: 2026-13-45}", "更新日期: 2026-14-45}")
    old = 'when: not is_date(row["更新日期"])'
    site.hub.edit(SHIP_TOS, old, f'{old} and row["更新日期"] != "2026-13-45"')
    site.hub.apply()
    answer = client.post("/dead-letters/replay", data={"kind": "rejected", "system": "scm", "cause": "rule"})
    assert answer.status_code == 303
    assert site.hub.rows("select 1 from hub.dead_letter where kind = 'rejected' and settled_us is null") == []
    assert "S050" in client.get("/dead-letters?settled=true").text
    site.hub.step("resolve")
    assert site.number("ship_to/S050").startswith("CM-")


def test_nothing_is_replayed_twice_or_without_a_cause(site: Site) -> None:
    client = site.client("operator")
    assert client.post("/dead-letters/replay", data={"letter": 999_999}).status_code == 404
    assert client.post("/dead-letters/replay", data={"kind": "rejected"}).status_code == 422
    gone = {"kind": "parked", "system": "scm", "cause": "refused"}
    assert client.post("/dead-letters/replay", data=gone).status_code == 404
