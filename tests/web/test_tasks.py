"""Tasks: taking the next one, answering it by keyboard, passing it on, agreeing as second person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web.reader import Reader, signed_in
from tests.web.site import Site

STEWARDSHIP = "customer_master/policies/stewardship.yaml"


@pytest.fixture(scope="module")
def steward(browser: Browser, site: Site) -> Iterator[Reader]:
    with signed_in(browser, site, "steward", "en") as reader:
        yield reader
        assert reader.alarms == []


def task(site: Site, number: int) -> dict[str, object]:
    sql = "select state, assignee, version from master.task where id = :id"
    return site.hub.rows(sql, id=number)[0]


def last_commit(site: Site) -> int:
    return int(site.hub.rows("select last_cs from master.clock")[0]["last_cs"])


def test_the_next_task_is_taken_and_answered_by_keyboard(steward: Reader, site: Site) -> None:
    page = steward.page
    steward.open("/tasks")
    assert "doubtful pairs" in steward.visible("main")
    page.keyboard.press("t")
    page.wait_for_url("**/tasks/*")
    number = int(page.url.rpartition("/")[2])
    assert task(site, number)["assignee"] == "steward"
    page.locator("[data-answer]").press("Enter")
    page.wait_for_url("**/review/*")
    page.keyboard.press("n")
    page.wait_for_url("**/tasks")
    assert task(site, number)["state"] == "done"
    (made,) = site.hub.rows("select verdict, task_id from master.decision order by cs desc limit 1")
    assert made == {"verdict": "different", "task_id": number}
    steward.open(f"/tasks/{number}")
    assert "decided" in steward.visible(".timeline")


def test_a_task_is_handed_back_put_off_and_commented(steward: Reader, site: Site) -> None:
    page = steward.page
    steward.open("/tasks?queue=pairs")
    page.locator("section:last-of-type tbody th a").first.press("Enter")
    page.wait_for_url("**/tasks/*")
    number = int(page.url.rpartition("/")[2])
    page.locator("button", has_text="Take").first.press("Enter")
    page.wait_for_selector("[data-back]")
    page.fill("#note", "等业务员回电话")
    page.locator("button", has_text="Write").press("Enter")
    page.wait_for_selector(".timeline :text('等业务员回电话')")
    page.keyboard.press("g")
    page.wait_for_url("**/tasks")
    assert task(site, number) | {"version": 0} == {"state": "open", "assignee": None, "version": 0}
    steward.open(f"/tasks/{number}")
    page.fill("#day", "1999-01-01")
    page.locator("button", has_text="Put off").press("Enter")
    page.wait_for_selector(".problem")
    steward.alarms.clear()  # the browser reports the 422


def test_a_question_goes_to_a_colleague_and_the_answer_back(steward: Reader, browser: Browser, site: Site) -> None:
    page = steward.page
    steward.open("/tasks?queue=pairs")
    page.locator("section:last-of-type tbody th a").first.press("Enter")
    page.wait_for_url("**/tasks/*")
    number = int(page.url.rpartition("/")[2])
    page.locator("summary", has_text="Ask a colleague").press("Enter")
    assert page.locator("#of option").all_inner_texts() == ["admin", "steward2"], "who may work on it, but oneself"
    page.select_option("#of", "steward2")
    page.fill("#question", "这家搬到北仑了吗？")
    page.locator("button", has_text="Ask; the task waits").press("Enter")
    page.wait_for_selector("h2:text('steward asks steward2')")
    assert task(site, number) | {"version": 0} == {"state": "waiting_answer", "assignee": "steward", "version": 0}
    with signed_in(browser, site, "steward2", "zh") as colleague:
        assert "两个客户是否同一？" in colleague.visible(".card"), "it is on the first page"
        colleague.open("/tasks")
        colleague.page.locator("section:has(h2:text('问我的问题')) tbody th a").press("Enter")
        colleague.page.wait_for_url(f"**/tasks/{number}")
        assert "这家搬到北仑了吗？" in colleague.visible("section.card")
        colleague.page.fill("#answer", "是，去年搬的")
        colleague.page.locator("button", has_text="提交答复").press("Enter")
        colleague.page.wait_for_selector(".timeline :text('是，去年搬的')")
        colleague.open("/tasks")
        assert "问我的问题" not in colleague.visible("main"), "the question is answered"
        assert colleague.alarms == []
    assert task(site, number) | {"version": 0} == {"state": "open", "assignee": "steward", "version": 0}
    steward.open(f"/tasks/{number}")
    assert all(word in steward.visible(".timeline") for word in ("answered steward2", "是，去年搬的", "→ steward2"))


def test_a_task_is_given_to_a_colleague(steward: Reader, site: Site) -> None:
    page = steward.page
    (row,) = site.hub.rows("select id from master.task where state = 'open' and assignee is null order by id limit 1")
    steward.open(f"/tasks/{row['id']}")
    page.locator("summary", has_text="Give it to a colleague").press("Enter")
    page.select_option("#to", "steward2")
    page.locator("button", has_text="Give the task away").press("Enter")
    page.wait_for_selector(".timeline :text('→ steward2')")
    assert task(site, row["id"])["assignee"] == "steward2"
    assert f"/tasks/{row['id']}" in site.client("steward2").get("/tasks").text


def test_only_who_sees_all_of_its_records_gets_a_task(site: Site) -> None:
    (row,) = site.hub.rows("select id, version from master.task where state = 'open' order by id limit 1")
    client, path = site.client("steward"), f"/tasks/{row['id']}"
    given = {"version": row["version"], "to": "viewer"}
    assert client.post(f"{path}/assign", data=given).status_code == 422, "a viewer decides nothing"
    assert site.client("admin").post("/users/steward2/units", data={"units": "north"}).status_code == 303
    assert "<option>admin</option>" in client.get(path).text
    assert "<option>steward2</option>" not in client.get(path).text
    question = {"version": row["version"], "of": "steward2", "text": "？"}
    assert client.post(f"{path}/ask", data=question).status_code == 422
    assert site.client("steward2").post(f"{path}/assign", data=given | {"to": "admin"}).status_code == 404
    assert task(site, row["id"])["version"] == row["version"]
    site.client("admin").post("/users/steward2/units", data={"units": "*"})


def test_who_comes_late_hears_what_the_other_decided(site: Site) -> None:
    (row,) = site.hub.rows("select id, version from master.task where state = 'open' order by id limit 1")
    first, second = site.client("steward"), site.client("steward2", language="zh-CN")
    assert first.post(f"/tasks/{row['id']}/take", data={"version": row["version"]}).status_code == 303
    late = second.post(f"/tasks/{row['id']}/take", data={"version": row["version"]}, headers={"Accept": "text/html"})
    assert late.status_code == 412
    now = task(site, row["id"])["version"]
    late = second.post(f"/tasks/{row['id']}/take", data={"version": now}, headers={"Accept": "text/html"})
    assert late.status_code == 403
    assert "steward 正在处理任务" in late.text
    assert first.post(f"/tasks/{row['id']}/hand-back", data={"version": now}).status_code == 303


def test_a_verdict_that_needs_two_waits_for_the_second(site: Site) -> None:
    rule = "  - {verdicts: [merge, split], records: 10}"
    site.hub.edit(STEWARDSHIP, rule, "  - {verdicts: [merge, split], records: 2}")
    site.hub.apply()
    first, second = site.client("steward"), site.client("steward2")
    a, b = site.number("ship_to/S002"), site.number("ship_to/S003")
    made = first.post(f"/customers/{a}/merge", data={"other": b, "seen": last_commit(site), "reason": "同一家"})
    where = made.headers["location"]
    assert where.startswith("/tasks/"), "nothing is merged yet"
    assert site.number("ship_to/S003") == b
    page = second.get(where).text
    assert all(word in page for word in ("steward has decided", "merged", a, b, "同一家"))
    version = {"version": task(site, int(where.rpartition("/")[2]))["version"]}
    assert first.post(f"{where}/approve", data=version).status_code == 403, "not by oneself"
    assert f"{where}/approve" not in first.get(where).text
    assert second.post(f"{where}/approve", data=version).status_code == 303
    assert site.number("ship_to/S003") == site.number("ship_to/S002")
    (last,) = site.hub.rows("select actor, second_actor from master.decision order by cs desc limit 1")
    assert last == {"actor": "steward", "second_actor": "steward2"}


def test_a_rejected_verdict_is_never_carried_out(site: Site) -> None:
    first, second = site.client("steward"), site.client("steward2")
    a, b = site.number("ship_to/S030"), site.number("ship_to/S042")
    where = first.post(f"/customers/{a}/merge", data={"other": b, "seen": last_commit(site)}).headers["location"]
    version = {"version": task(site, int(where.rpartition("/")[2]))["version"]}
    assert second.post(f"{where}/reject", data={**version, "text": "地址不同"}).status_code == 303
    assert "地址不同" in second.get(where).text
    assert second.post(f"{where}/approve", data=version).status_code == 412
    assert site.number("ship_to/S042") == b
