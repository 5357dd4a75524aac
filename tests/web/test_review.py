"""Reviewing by keyboard, in both languages, with the database as witness."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser

from tests.web.reader import Reader, signed_in
from tests.web.site import Site

NOTED = {"zh": ("已记：同一客户。", "已记：不同客户。", "已撤回。"), "en": ("the same", "different", "Taken back")}


def eventually(check: Callable[[], bool], what: str) -> None:
    """The page goes on before the answer is stored."""
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(browser: Browser, site: Site, language: str) -> Iterator[Reader]:
    """A steward on the review page; what was decided in the test is taken back after it."""
    with signed_in(browser, site, "steward", language) as steward:
        steward.open("/review")
        steward.page.wait_for_selector(".pair:visible")
        yield steward
        assert steward.alarms == []
    client = site.client("steward")
    for row in site.hub.rows("select distinct decision_id as id from master.pair_constraint where to_cs = :open"):
        assert client.post(f"/decisions/{row['id']}/undo", data={}).status_code == 303


def last_commit(site: Site) -> int:
    return int(site.hub.rows("select last_cs from master.clock")[0]["last_cs"])


def together(site: Site, pair: str) -> bool:
    lo, _, hi = pair.partition("-")
    sql = "select count(distinct party_id) as n from master.membership where record_id in (:lo, :hi) and to_cs = :open"
    return bool(site.hub.rows(sql, lo=int(lo), hi=int(hi))[0]["n"] == 1)


def decisions(site: Site) -> list[tuple[str, str]]:
    rows = site.hub.rows("select verdict, records, actor from master.decision order by cs")
    assert all(row["actor"] in ("steward", "steward2") for row in rows)
    return [(row["verdict"], "-".join(map(str, row["records"]))) for row in rows]


def asked_anew(site: Site) -> None:
    """Let the steward be asked again as if every customer had changed, for the sake of the next test."""
    pin = {"attribute": "short_name", "own": "远大", "seen": last_commit(site)}
    assert site.client("steward2").post(f"/customers/{site.number('ship_to/S002')}/pins", data=pin).status_code == 303
    site.hub.execute("update master.party set touched_cs = (select last_cs from master.clock)")


def test_one_key_decides_and_the_next_pair_is_there(reader: Reader, site: Site, language: str) -> None:
    keys, before = reader.page.keyboard, len(decisions(site))
    first = reader.pair
    keys.press("m")
    second = reader.pair
    assert second != first, "the next pair is shown at once"
    reader.says(NOTED[language][0])
    assert reader.page.evaluate("document.activeElement.dataset.pair") == second, "focus follows"
    keys.press("n")
    third = reader.pair
    assert third not in (first, second)
    reader.says(NOTED[language][1])
    eventually(lambda: len(decisions(site)) == before + 2, "two verdicts were stored")
    assert decisions(site)[before:] == [("same", first), ("different", second)], "in the order in which they were given"
    assert together(site, first), "the customers follow at once"
    assert not together(site, second)
    rows = site.hub.rows("select elapsed_ms from master.decision order by id desc limit 2")
    assert all(0 < row["elapsed_ms"] < 60_000 for row in rows)


def test_undo_takes_back_exactly_and_shows_the_pair_again(reader: Reader, site: Site, language: str) -> None:
    numbers = {record: site.number(record) for record in (f"ship_to/S04{n}" for n in range(10))}
    first = reader.pair
    reader.page.keyboard.press("m")
    eventually(lambda: together(site, first), "the two became one customer")
    reader.page.wait_for_selector("#said [data-undo]")
    reader.page.keyboard.press("z")
    reader.says(NOTED[language][2])
    assert reader.pair == first
    eventually(lambda: not together(site, first), "the two are apart again")
    assert {record: site.number(record) for record in numbers} == numbers, "with the numbers they had"


def test_unsure_goes_on_and_j_and_k_walk_back(reader: Reader, site: Site) -> None:
    before, first = len(decisions(site)), reader.pair
    reader.page.keyboard.press("u")
    second = reader.pair
    assert second != first
    eventually(lambda: decisions(site)[before:] == [("unsure", first)], "that somebody was unsure is kept")
    reader.page.keyboard.press("k")
    assert reader.pair == first
    reader.page.keyboard.press("j")
    assert reader.pair == second
    reader.page.keyboard.press("k")
    reader.page.keyboard.press("k")
    assert reader.pair == first, "there is nothing before the first"
    assert first in site.client("steward2").get("/review").text, "others are asked"
    reader.open("/review")
    assert reader.pair != first, "who was unsure is not asked again"
    asked_anew(site)


def test_all_put_off_ends_in_a_sentence_not_in_a_loop(reader: Reader, site: Site) -> None:
    seen = set()
    for _ in range(20):
        if not reader.page.locator(".pair:visible").count():
            break
        assert reader.pair not in seen
        seen.add(reader.pair)
        reader.page.keyboard.press("u")
        reader.page.wait_for_load_state("networkidle")
    assert reader.page.locator("#none").is_visible()
    assert len(seen) >= 3
    asked_anew(site)


def test_e_shows_how_the_score_came_about(reader: Reader) -> None:
    page = reader.page
    assert not page.locator(".waterfall table:visible").count(), "the machine's opinion is no hint unless asked for"
    page.keyboard.press("e")
    rows = page.locator(".waterfall:visible tbody tr")
    weights = [float(text.replace(",", "")) for text in rows.locator("td.n").all_inner_texts()]
    assert len(weights) >= 3
    assert weights[-1] == pytest.approx(sum(weights[:-1]), abs=0.2), "the steps add up to the score"
    page.keyboard.press("e")
    assert not page.locator(".waterfall table:visible").count()


def test_differences_are_marked_by_more_than_colour(reader: Reader) -> None:
    marked = reader.page.locator(".pair:visible del, .pair:visible ins")
    assert marked.count() >= 2
    style = marked.first.evaluate("e => getComputedStyle(e).textDecorationLine + getComputedStyle(e).fontWeight")
    assert style == "underline700"


def test_keys_work_by_place_with_an_input_method_on(reader: Reader) -> None:
    """With a Chinese input method on, the letter arrives as "Process"; only its place on the keyboard is told."""
    press = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...key}))"
    why = reader.page.locator(".waterfall table:visible")
    reader.page.evaluate(press, {"code": "KeyE", "key": "Process", "isComposing": True})
    assert not why.count(), "what is being composed is text"
    reader.page.evaluate(press, {"code": "KeyE", "key": "Process"})
    assert why.count() == 1


def test_keys_are_text_while_somebody_writes_and_can_be_switched_off(reader: Reader, site: Site) -> None:
    page, first, before = reader.page, reader.pair, len(decisions(site))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("mnuz")
    assert (page.input_value("#search"), reader.pair) == ("mnuz", first)
    page.locator("main").focus()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("m")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    assert (reader.pair, len(decisions(site))) == (first, before)
    page.keyboard.press("Control+u")
    page.evaluate("localStorage.removeItem('hub_keys')")


def test_a_verdict_that_did_not_arrive_brings_the_pair_back(reader: Reader, site: Site) -> None:
    before, first = len(decisions(site)), reader.pair
    reader.page.route("**/review/decide", lambda route: route.abort())
    reader.page.keyboard.press("m")
    reader.page.locator(f"#pair-{first}:not([data-state])").wait_for()
    assert len(decisions(site)) == before
    reader.alarms.clear()  # the browser reports the failed request


def test_a_pair_somebody_else_decided_is_said_so(reader: Reader, site: Site) -> None:
    other = site.client("steward2")
    first = reader.pair
    answer = other.post("/review/decide", data={"pair": first, "verdict": "different", "seen": last_commit(site)})
    assert answer.status_code == 303
    reader.page.keyboard.press("m")
    reader.page.wait_for_selector("#said .problem")
    assert re.search(r"\d+", reader.visible("#said .problem")), "the decision is named"
    assert reader.pair == first
    assert not together(site, first)
    reader.alarms.clear()  # the browser reports the 409


def test_a_pair_that_changed_meanwhile_comes_again_as_it_is_now(reader: Reader, site: Site) -> None:
    page, first = reader.page, reader.pair
    seen = f"#pair-{first} [name=seen]"
    before = page.locator(seen).input_value()
    lo = int(first.partition("-")[0])
    number = site.hub.rows(
        "select p.public_id as n from master.membership m join master.party p on p.id = m.party_id"
        " where m.record_id = :lo and m.to_cs = :open",
        lo=lo,
    )[0]["n"]
    pin = {"attribute": "short_name", "own": "海天", "seen": last_commit(site)}
    assert site.client("steward2").post(f"/customers/{number}/pins", data=pin).status_code == 303
    page.keyboard.press("m")
    page.wait_for_selector("#said .problem")
    page.wait_for_function("([at, old]) => document.querySelector(at)?.value > old", arg=[seen, before])
    while reader.pair != first:
        page.keyboard.press("j")
    page.keyboard.press("m")
    eventually(lambda: together(site, first), "the second look decides")
    reader.alarms.clear()  # the browser reports the 412


@pytest.mark.parametrize(("keys", "stated"), [(("b",), "branch_of"), (("ArrowDown", "d"), "distributes_for")])
def test_r_and_a_key_state_a_relation(reader: Reader, site: Site, keys: tuple[str, ...], stated: str) -> None:
    page, first = reader.page, reader.pair
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "direction"
    for key in keys:
        page.keyboard.press(key)
    assert reader.pair != first
    sql = (
        "select type, from_record_id || '-' || to_record_id as ends from master.record_relation"
        " where to_cs = :open and decision_id = (select max(id) from master.decision)"
    )
    lo, _, hi = first.partition("-")
    ends = f"{hi}-{lo}" if len(keys) > 1 else first
    eventually(lambda: site.hub.rows(sql) == [{"type": stated, "ends": ends}], "the relation is stated")
    assert not together(site, first), "who is a branch is another customer"
    page.wait_for_selector("#said [data-undo]")
    page.keyboard.press("z")
    page.locator(f"#pair-{first}").wait_for()
    eventually(lambda: site.hub.rows(sql) == [], "and taken back by one key")


def test_a_comment_is_kept_with_the_verdict(reader: Reader, site: Site) -> None:
    page = reader.page
    page.keyboard.press("c")
    page.keyboard.type("电话核实过 mnu")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    said = "select verdict, reason from master.decision order by id desc limit 1"
    kept = [{"verdict": "different", "reason": "电话核实过 mnu"}]
    eventually(
        lambda: [{**row, "reason": row["reason"].strip()} for row in site.hub.rows(said)] == kept, "with its comment"
    )


def test_z_waits_for_the_answer_that_is_on_its_way(reader: Reader, site: Site) -> None:
    page, before, first = reader.page, len(decisions(site)), reader.pair
    page.keyboard.press("n")
    page.keyboard.press("z")
    eventually(lambda: len(decisions(site)) == before + 2, "decided and taken back")
    assert decisions(site)[before:] == [("different", first), ("undo", first)]


def test_the_decision_list_takes_back_too(reader: Reader, site: Site) -> None:
    first = reader.pair
    reader.page.keyboard.press("m")
    eventually(lambda: together(site, first), "the two became one customer")
    reader.page.wait_for_selector("#said [data-undo]")
    reader.open("/decisions?mine=true")
    reader.page.locator("tbody tr").first.get_by_role("button").press("Enter")
    reader.page.wait_for_selector("tr.over")
    eventually(lambda: not together(site, first), "the two are apart again")


def test_without_script_the_same_buttons_work(site: Site, browser: Browser, language: str) -> None:
    client = site.client("steward", language=language)
    pair = re.findall(r'data-pair="([\d-]+)"', client.get("/review").text)[0]
    answer = client.post("/review/decide", data={"pair": pair, "verdict": "same", "seen": last_commit(site)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert pair not in re.findall(r'data-pair="([\d-]+)"', client.get("/review").text)
    number = site.hub.rows("select max(id) as id from master.decision")[0]["id"]
    assert client.post(f"/decisions/{number}/undo", data={}).headers["location"] == "/decisions"
    eventually(lambda: not together(site, pair), "the two are apart again")


def test_stewards_never_stop_each_other(site: Site) -> None:
    """Two stewards decide about different customers and take back at the same time."""
    pairs = re.findall(r'data-pair="([\d-]+)"', site.client("steward").get("/review").text)

    def work(pair: str) -> None:
        client = site.client("steward")
        for verdict in ("same", "different") * 3:
            form = {"pair": pair, "verdict": verdict, "seen": last_commit(site)}
            answer = client.post("/review/decide", data=form)
            assert answer.status_code == 303, answer.text
            lo, _, hi = pair.partition("-")
            sql = "select decision_id as id from master.pair_constraint where lo = :lo and hi = :hi and to_cs = :open"
            (standing,) = site.hub.rows(sql, lo=int(lo), hi=int(hi))
            answer = client.post(f"/decisions/{standing['id']}/undo", data={})
            assert answer.status_code == 303, answer.text

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, pairs[:2]))
    assert not any(together(site, pair) for pair in pairs)


@pytest.mark.parametrize("bad", ["", "1", "1-", "a-b", "1-2-3", "-", "1-999999999999999999999"])
def test_a_pair_that_is_none_is_refused(site: Site, bad: str) -> None:
    answer = site.client("steward").post("/review/decide", data={"pair": bad, "verdict": "same", "seen": "0"})
    assert answer.status_code in (404, 409, 422), answer.text
