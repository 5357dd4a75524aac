"""Every screen in a real browser, in both languages: it looks as in docs/pictures, and what is planted stays text."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.sftp import ROOT
from tests.web.reader import Reader, signed_in
from tests.web.scene import IMG, SCRIPT
from tests.web.site import Site

PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 200_000
HIGHEST = 1300

SCREENS: dict[str, str] = {
    "home": "/",
    "customer": "/customers/{company}",
    "person": "/customers/{person}",
    "interactions": "/interactions",
    "review": "/review",
    "tasks": "/tasks?queue=pairs",
    "task": "/tasks/{task}",
    "decisions": "/decisions",
    "history": "/customers/{company}/history",
    "then": "/customers/{company}?as_of={commit}",
    "runs": "/runs",
    "run": "/runs/1",
    "dead_letters": "/dead-letters",
    "users": "/users",
}


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def admin(browser: Browser, site: Site, language: str) -> Iterator[Reader]:
    """An admin, who sees every screen; some decisions were made."""
    client = site.client("admin")
    company, doubtful = site.number("ship_to/S001"), site.number("ship_to/S046")
    if not site.hub.rows("select 1 from master.decision"):
        for verdict, task in (("different", 2), ("same", 3)):
            (asked,) = site.hub.rows("select records from master.proposal where id = :id", id=task)
            pair = "-".join(map(str, asked["records"]))
            form = {"pair": pair, "verdict": verdict, "seen": last_commit(site)}
            assert client.post("/review/decide", data=form).status_code == 303
        relation = {"other": doubtful, "type": "distributes_for", "share": "30", "seen": last_commit(site)}
        assert client.post(f"/customers/{company}/relate", data=relation).status_code == 303
        pin = {"attribute": "short_name", "own": "华强", "reason": "电话核实", "seen": last_commit(site)}
        assert client.post(f"/customers/{company}/pins", data=pin).status_code == 303
    with signed_in(browser, site, "admin", language) as reader:
        yield reader
        assert reader.alarms == []


def keep(page: Page, name: str, part: Locator | None = None) -> None:
    """Keep the picture of a screen; one that is there already stays, so delete those that are to be taken anew."""
    path = PICTURES / f"{name}.png"
    if path.exists():
        return
    if part is not None:
        part.screenshot(path=path)
        return
    height = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": height})
    page.screenshot(path=path)
    page.set_viewport_size({"width": 1280, "height": 800})


def last_commit(site: Site) -> int:
    return int(site.hub.rows("select last_cs from master.clock")[0]["last_cs"])


def address(site: Site, screen: str) -> str:
    places = {"company": site.number("ship_to/S001"), "person": site.number("ship_to/S020"), "task": 1}
    return SCREENS[screen].format(**places, commit=last_commit(site) - 1)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_stands(admin: Reader, site: Site, language: str, screen: str) -> None:
    page = admin.page
    admin.open(address(site, screen))
    assert page.locator("h1").count() == 1
    if screen == "review":
        page.keyboard.press("e")
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "nothing has to be scrolled sideways"
    keep(page, f"{screen}_{language}")
    if screen == "customer":
        page.locator("summary", has_text="1").last.click()
        keep(page, f"timeline_{language}", page.locator("section").last)


def test_the_search_finds_by_keyboard(admin: Reader, language: str) -> None:
    admin.open("/runs")
    page = admin.page
    page.keyboard.press("/")
    page.keyboard.type("hqdz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    assert "深圳市华强电子有限公司" in admin.visible("tbody")
    assert "hqdz" not in page.url, "what was searched for is in no address"
    keep(page, f"search_{language}")
    page.locator("tbody a").first.press("Enter")
    assert page.locator("h1").inner_text() == "深圳市华强电子有限公司"


@pytest.mark.parametrize("asked", ["914403001922038216", "0755-26988888", "sales@huaqiang.example", "scm/S001", "华强"])
def test_whatever_somebody_has_in_hand_finds_the_customer(site: Site, asked: str) -> None:
    text = site.client("viewer").post("/search", data={"asked": asked}).text
    assert f"/customers/{site.number('ship_to/S001')}" in text
    number = site.number("ship_to/S001")
    assert f"/customers/{number}" in site.client("viewer").post("/search", data={"asked": number.lower()}).text


def test_the_customer_page_says_everything_and_where_it_is_from(admin: Reader, site: Site, language: str) -> None:
    admin.open(address(site, "customer"))
    text = admin.page.locator("main").inner_text()
    for word in ("914403001922038216", "+86 755 2698 8888", "sales@huaqiang.example", "scm/dealer/D-0017", "SN-000123"):
        assert word in text
    assert "dealers_20261101_01.xlsx:2" in text
    assert all(name in text for name in ("SO-0815", "电机异响", "询问交货期"))
    assert ("2026年11月20日 10:15" if language == "zh" else "20 Nov 2026, 10:15") in text, "in the reader's own time"
    assert admin.page.locator("time[title='2026-11-20 02:15:00 UTC']").count() == 1
    assert "Asia/Shanghai (+08:00)" in admin.visible("footer")


def test_the_customer_page_says_what_is_allowed_and_marks_what_is_refused(
    admin: Reader, site: Site, language: str
) -> None:
    admin.open(address(site, "customer"))
    section = admin.page.locator("section", has_text="同意与拒绝" if language == "zh" else "Allowed and forbidden")
    held = section.last.locator("tbody tr").all_inner_texts()
    withdrawn, granted = ("已撤回", "已同意") if language == "zh" else ("withdrawn", "granted")
    assert len(held) == 2, "the older word about the same purpose and channel is not in force"
    assert all(text in held[0] for text in ("新品通讯", withdrawn, "scm/consent/C-2"))
    assert all(text in held[1] for text in ("满意度调查", granted, "scm/consent/C-3"))
    email = admin.page.locator("table.golden tr", has_text="sales@huaqiang.example")
    phone = admin.page.locator("table.golden tr", has_text="+86 755 2698 8888")
    assert "新品通讯" in email.first.inner_text()
    assert "新品通讯" not in phone.first.inner_text()


def test_the_timeline_filters(admin: Reader, site: Site) -> None:
    admin.open(address(site, "customer"))
    with admin.page.expect_navigation(url="**show=order"):
        admin.page.locator(".chips a[href$='show=order']").press("Enter")
    assert admin.page.locator(".entry").count() == admin.page.locator(".entry.order").count() == 1


PLANTED: dict[str, Callable[[Site], str]] = {
    "customer": lambda site: f"/customers/{site.number('ship_to/S030')}",
    "interactions": lambda _: "/interactions",
    "dead letters": lambda _: "/dead-letters",
}


@pytest.mark.parametrize("screen", PLANTED)
def test_planted_html_stays_text(admin: Reader, site: Site, screen: str) -> None:
    admin.open(PLANTED[screen](site))
    page = admin.page
    for summary in page.locator("main summary").all():
        summary.click()
    assert IMG in page.locator("main").inner_text()
    assert page.locator("img, main script, main iframe, [onerror], [onclick]").count() == 0
    assert admin.alarms == []


def test_planted_html_stays_text_in_search_and_in_a_review(admin: Reader, site: Site) -> None:
    page = admin.page
    admin.open("/")
    page.locator("#ask").fill(f"杭州{IMG}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    assert IMG in page.locator("h1").inner_text()
    assert page.input_value("#search") == f"杭州{IMG}"
    site.hub.execute(
        "insert into master.match_pair (lo, hi, weight, band, vector, policy_hash)"
        " select least(a.id, b.id), greatest(a.id, b.id), 6.5, 'review', '', '' from master.source_record a,"
        " master.source_record b where a.native_key = 'S030' and b.native_key = 'S003'"
    )
    admin.open("/review")
    assert IMG in admin.visible(".pair")
    page.keyboard.press("j")
    assert IMG in page.locator("#live").text_content() or IMG in page.locator(".pair").first.get_attribute("data-named")
    assert page.locator("img, main script").count() == 0
    site.hub.execute("delete from master.match_pair where policy_hash = ''")


def test_a_person_is_revealed_by_keyboard(admin: Reader, site: Site, language: str) -> None:
    admin.open(address(site, "person"))
    assert "139 1668 8021" not in admin.page.content()
    admin.page.locator("form.notice button").press("Enter")
    admin.page.wait_for_selector("p.notice[role=status]")
    assert "+86 139 1668 8021" in admin.page.locator("main").inner_text()


def test_a_narrow_window_and_large_letters_still_work(admin: Reader, site: Site) -> None:
    admin.page.set_viewport_size({"width": 640, "height": 800})  # as at 200 % on a laptop
    for screen in ("home", "customer", "review"):
        admin.open(address(site, screen))
        assert not admin.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    admin.page.set_viewport_size({"width": 1280, "height": 800})


def test_everything_that_takes_input_has_a_name(admin: Reader, site: Site) -> None:
    nameless = """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a[href]")].filter(e =>
        !e.labels?.length && !e.getAttribute("aria-label") && !e.textContent.trim()).map(e => e.outerHTML)"""
    for screen in SCREENS:
        admin.open(address(site, screen))
        assert admin.page.evaluate(nameless) == []


def test_the_login_looks_as_it_should(browser: Browser, site: Site, language: str) -> None:
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-GB"}[language], viewport={"width": 800, "height": 600}
    )
    page = context.new_page()
    page.goto(f"{site.url}/login")
    keep(page, f"login_{language}")
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[language]
    context.close()


def test_every_screen_has_its_picture_and_all_are_small() -> None:
    found = {path.stem: path for path in PICTURES.glob("*.png")}
    names = {*SCREENS, "search", "login", "timeline"}
    assert {f"{name}_{language}" for name in names for language in ("zh", "en")} <= set(found)
    assert {name: path.stat().st_size for name, path in found.items() if path.stat().st_size > LARGEST_PICTURE} == {}
    assert all(_width(path) >= 640 for path in found.values())


def _width(path: Path) -> int:
    """Read the width of a PNG."""
    return int(struct.unpack(">I", path.read_bytes()[16:20])[0])


def test_a_script_would_not_run_even_if_one_slipped_through(admin: Reader) -> None:
    admin.open("/")
    admin.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", IMG + SCRIPT)
    admin.page.wait_for_function("() => document.querySelector('main img')?.complete")
    assert any("Content Security Policy" in alarm for alarm in admin.alarms), "the browser said why it did nothing"
    assert "1" not in admin.alarms, "the planted dialog did not open"
    admin.alarms.clear()
