"""What stewards do on customers' pages: pins, relations, splits, merges, history, times past; and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web.reader import Reader, signed_in
from tests.web.site import Site

COMPANY = "ship_to/S001"


@pytest.fixture(scope="module")
def steward(browser: Browser, site: Site) -> Iterator[Reader]:
    """A steward who reads Chinese."""
    with signed_in(browser, site, "steward", "zh") as reader:
        yield reader
        assert reader.alarms == []


def last_commit(site: Site) -> int:
    return int(site.hub.rows("select last_cs from master.clock")[0]["last_cs"])


def records(site: Site, number: str) -> dict[str, int]:
    """The records of a customer: key -> record."""
    rows = site.hub.rows(
        "select r.native_key as key, r.id from master.membership m join master.source_record r on r.id = m.record_id"
        " join master.party p on p.id = m.party_id where p.public_id = :number and m.to_cs = :open",
        number=number,
    )
    return {row["key"]: row["id"] for row in rows}


def at(path: str) -> str:
    return f"**{path}?done=*"


def test_a_value_is_pinned_by_keyboard_and_let_go_again(steward: Reader, site: Site) -> None:
    page, number = steward.page, site.number(COMPANY)
    steward.open(f"/customers/{number}")
    row = page.locator("tr", has=page.locator("th", has_text="电话")).first
    row.locator("summary").press("Enter")
    row.locator("[name=own]").fill("0755-26980000")
    row.locator("[name=mode]").select_option("until_date")
    row.locator("[name=until]").fill("2031-05-01")
    row.locator("[name=reason]").fill("电话核实")
    row.locator("button.main").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    told = row.inner_text()
    assert "+86 755 2698 0000" in told
    assert all(word in told for word in ("人工固定", "steward", "2031年5月1日", "电话核实"))
    row.locator("button", has_text="取消固定").press("Enter")
    page.wait_for_selector("[role=status] :text('取消固定')")
    assert "+86 755 2698 8888" in row.inner_text(), "the sources say it again"


def test_one_of_the_sources_values_can_be_pinned_without_script(site: Site) -> None:
    client, number = site.client("steward"), site.number(COMPANY)
    shown = client.get(f"/customers/{number}").text
    assert '"华强电子"' in shown.replace("&#34;", '"'), "what another source says can be chosen"
    form = {"attribute": "name", "value": '"华强电子"', "seen": last_commit(site)}
    done = client.post(f"/customers/{number}/pins", data=form)
    assert "<h1>华强电子</h1>" in client.get(done.headers["location"]).text
    (made,) = site.hub.rows("select max(cs) as cs from master.decision")
    assert client.post(f"/customers/{number}/undo", data={"cs": made["cs"]}).status_code == 303
    assert "<h1>深圳市华强电子有限公司</h1>" in client.get(f"/customers/{number}").text


@pytest.mark.parametrize(
    ("act", "form", "status", "word"),
    [
        ("pins", {"attribute": "phone", "own": "没有"}, 422, "cannot be read"),
        ("pins", {"attribute": "phone"}, 422, "No value was chosen"),
        ("pins", {"attribute": "name", "own": "华强", "mode": "until_date"}, 422, "needs that day"),
        ("pins", {"attribute": "colour", "own": "红"}, 422, "no attribute"),
        ("split", {"group": "1:A"}, 404, "none of this customer"),
        ("split", {"group": "99999999999999:B"}, 404, "There is no such record"),
        ("split", {"group": "x:B"}, 422, "group"),
        ("foresee-split", {"group": "1:A"}, 404, "none of this customer"),
        ("foresee-split", {"group": "99999999999999:B"}, 404, "There is no such record"),
        ("foresee-merge", {"other": "CM-KRVQ-KEBX-X"}, 404, ""),
        ("relate", {"other": "CM-KRVQ-KEBX-X", "type": "branch_of"}, 404, ""),
        ("relate", {"other": "{company}", "type": "branch_of"}, 422, "no relation to itself"),
        ("relate", {"other": "{other}", "type": "friend_of"}, 422, "type"),
        ("relate", {"other": "{other}", "type": "branch_of", "share": "NaN"}, 422, "percentage"),
        ("undo", {"cs": "999999"}, 404, "no change"),
        ("undo", {"cs": "1"}, 409, "took over"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    site: Site, act: str, form: dict[str, str], status: int, word: str
) -> None:
    numbers = {"company": site.number(COMPANY), "other": site.number("ship_to/S003")}
    before = last_commit(site)
    data = {name: value.format(**numbers) for name, value in form.items()} | {"seen": str(before)}
    answer = site.client("steward").post(f"/customers/{numbers['company']}/{act}", data=data)
    assert answer.status_code == status, answer.text
    assert word in answer.json()["detail"]
    assert last_commit(site) == before


def test_a_relation_is_seen_from_both_ends(steward: Reader, site: Site) -> None:
    page, number, other = steward.page, site.number(COMPANY), site.number("ship_to/S003")
    steward.open(f"/customers/{number}")
    page.locator("summary", has_text="添加关系").press("Enter")
    page.select_option("#relate-type", "distributes_for")
    page.fill("#relate-other", other)
    page.fill("#relate-share", "12.5")
    page.fill("#relate-from", "2026-01-01")
    page.locator("#relate-other").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    relation = "section:has(h2:text('关系'))"
    assert all(word in steward.visible(relation) for word in ("作为经销商，属于", other, "12.5 %", "2026年1月1日"))
    page.locator(f"{relation} a[href$='{other}']").press("Enter")
    page.wait_for_url(f"**/customers/{other}")
    assert "其经销商为" in steward.visible(relation)
    page.locator(f"{relation} button", has_text="终止").press("Enter")
    page.wait_for_url(at(f"/customers/{other}"))
    assert "其经销商为" not in steward.visible(relation)


def test_a_split_is_foreseen_then_made_and_its_undoing_gives_the_numbers_back(steward: Reader, site: Site) -> None:
    page, number = steward.page, site.number(COMPANY)
    before = records(site, number)
    assert set(before) == {"S001", "D-0017"}
    steward.open(f"/customers/{number}")
    page.locator("summary", has_text="拆分为多个客户").press("Enter")
    page.locator("select[name=group]").nth(1).focus()
    page.keyboard.press("b")
    page.locator("form[action$=foresee-split] button").press("Enter")
    page.wait_for_url("**/foresee-split")
    table = page.locator("table.parts")
    columns = [table.locator(f"tr > :nth-child({place})").all_inner_texts() for place in (2, 3)]
    assert [number in column[0] for column in columns] == [True, False], "the one keeps the number"
    assert "保留此编号" in columns[0][0]
    assert "新编号" in columns[1][0]
    keys = [column[1].rpartition("/")[2] for column in columns]
    assert sorted(keys) == sorted(before), "each record goes to one of them"
    names = dict(zip(keys, (column[2] for column in columns), strict=True))
    assert names == {"S001": "深圳市华强电子有限公司", "D-0017": "华强电子"}, "the names that both will have"
    assert records(site, number) == before, "nothing has happened yet"
    page.fill("#why", "两家公司")
    page.locator("button.main").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    made = records(site, number)
    assert [*made] == [keys[0]], "as it was foreseen"
    other = site.number(f"{'ship_to' if keys[1] == 'S001' else 'dealer'}/{keys[1]}")
    steward.open(f"/customers/{other}")
    assert names[keys[1]] in steward.visible("h1")
    steward.open(f"/customers/{number}/history")
    newest = page.locator("li.entry").first
    assert "两家公司" in newest.inner_text()
    newest.locator("button").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    assert records(site, number) == before


def test_a_merge_is_foreseen_then_made(steward: Reader, site: Site) -> None:
    page, number, other = steward.page, site.number(COMPANY), site.number("ship_to/S042")
    steward.open(f"/customers/{other}")
    page.locator("summary", has_text="与另一客户合并").press("Enter")
    page.locator("#merge-other").fill(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/foresee-merge")
    rows = {n: page.locator("tr", has_text=n).inner_text() for n in (number, other)}
    assert "保留此编号" in rows[number], "the one with more records keeps its number"
    assert "编号停用" in rows[other]
    assert "914403001922038216" in steward.visible("dl.card")
    assert records(site, other), "nothing has happened yet"
    page.fill("#why", "同一家公司")
    page.locator("button.main").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    steward.open(f"/customers/{other}")
    assert number in steward.visible(".notice"), "the old number leads to the new one"
    steward.open(f"/customers/{number}/history")
    newest = page.locator("li.entry").first
    assert all(word in newest.inner_text() for word in ("合并", "steward", "同一家公司", other))
    newest.locator("button").press("Enter")
    page.wait_for_url(at(f"/customers/{number}"))
    assert site.number("ship_to/S042") == other, "the very same number as before"


def test_a_customer_is_shown_as_it_was(steward: Reader, site: Site) -> None:
    page, number = steward.page, site.number(COMPANY)
    before = last_commit(site)
    pin = {"attribute": "short_name", "own": "华强新名", "seen": before}
    assert site.client("steward").post(f"/customers/{number}/pins", data=pin).status_code == 303
    steward.open(f"/customers/{number}")
    assert "华强新名" in steward.visible("main")
    steward.open(f"/customers/{number}/history")
    page.locator("li.entry").nth(1).locator("a", has_text="此后的状况").press("Enter")
    page.wait_for_url(f"**/customers/{number}?as_of=*")
    assert "仅供查看" in steward.visible(".then")
    assert "华强新名" not in steward.visible("main")
    assert page.locator("main form[method=post]").count() == 0, "the past is to read only"
    page.fill("#as-of", "2026-01-01T08:00")
    page.keyboard.press("Enter")
    page.wait_for_selector(".problem")
    steward.alarms.clear()  # there was no such customer then: the browser reports the 404


def test_who_looked_before_a_change_is_asked_to_look_again(steward: Reader, site: Site) -> None:
    page, number = steward.page, site.number(COMPANY)
    steward.open(f"/customers/{number}")
    page.locator("summary", has_text="拆分为多个客户").press("Enter")
    page.locator("select[name=group]").nth(1).select_option(index=1)
    page.locator("form[action$=foresee-split] button").press("Enter")
    page.wait_for_url("**/foresee-split")
    pin = {"attribute": "short_name", "own": "华强别名", "seen": last_commit(site)}
    assert site.client("steward2").post(f"/customers/{number}/pins", data=pin).status_code == 303
    page.locator("button.main", has_text="拆分").press("Enter")
    page.wait_for_selector(".problem")
    assert "您查看之后该客户已有变化" in steward.visible(".problem")
    assert len(records(site, number)) == 2
    page.locator("a", has_text="重新查看").press("Enter")
    page.wait_for_url(f"**/customers/{number}")
    assert "华强别名" in steward.visible("main")
    steward.alarms.clear()  # the browser reports the 412


def test_a_contradiction_names_the_decisions_before(site: Site) -> None:
    client = site.client("steward")
    a, b = site.number("ship_to/S002"), site.number("ship_to/S003")
    lo, hi = sorted((*records(site, a).values(), *records(site, b).values()))
    form = {"pair": f"{lo}-{hi}", "verdict": "different", "seen": last_commit(site)}
    assert client.post("/review/decide", data=form).status_code == 303
    data = {"other": b, "seen": last_commit(site)}
    page = client.post(f"/customers/{a}/merge", data=data, headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert re.search(r"<li>decision \d+: <strong>different</strong> · steward", page.text)


def test_a_viewer_sees_and_does_not_act(site: Site) -> None:
    client, number = site.client("viewer"), site.number(COMPANY)
    assert client.get(f"/customers/{number}").text.count('method="post"') == client.get("/interactions").text.count(
        'method="post"'
    )
    assert client.get(f"/customers/{number}/history").status_code == 200
    assert "/undo" not in client.get(f"/customers/{number}/history").text
    assert client.post(f"/customers/{number}/split", data={"group": "1:A", "seen": 1}).status_code == 403
    assert client.get("/tasks").status_code == 403


def test_a_persons_history_hides_its_contacts(site: Site) -> None:
    text = site.client("steward").get(f"/customers/{site.number('ship_to/S020')}/history").text
    assert "李小红" in text
    assert all(hidden not in text for hidden in ("139 1668 8021", "13916688021", "xiaohong.li", "南京西路"))


def test_units_hide_records_and_customers(site: Site) -> None:
    company, hidden = site.number(COMPANY), site.number("ship_to/S003")
    site.hub.execute("update master.source_record set org_unit = 'north' where native_key in ('D-0017', 'S003')")
    unit = site.hub.rows("select org_unit from master.source_record where native_key = 'S001'")[0]["org_unit"]
    assert site.client("admin").post("/users/viewer/units", data={"units": unit}).status_code == 303
    client = site.client("viewer")
    page = client.get(f"/customers/{company}").text
    assert "scm/ship_to/S001" in page
    assert "scm/dealer/D-0017" not in page
    assert "1 more record in other units" in page
    assert client.get(f"/customers/{hidden}").status_code == 404
    assert client.get(f"/customers/{hidden}/history").status_code == 404
    assert hidden not in client.post("/search", data={"asked": "scm/S003"}).text
    site.client("admin").post("/users/viewer/units", data={"units": "*"})
    assert "scm/dealer/D-0017" in client.get(f"/customers/{company}").text, "units hold from the next request"
    site.hub.execute("update master.source_record set org_unit = :unit", unit=unit)
