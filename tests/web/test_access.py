"""Who may see and do what: every route, every role, every cross-site trick."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from hub.web.app import make_app
from hub.web.installation import Installation as WebInstallation
from tests.web.site import PASSWORD, Site

OPEN = {"/login", "/static", "/health"}
SIGN_OUT = "/logout"
"""Ends the session of whoever asks; nobody's, if nobody has signed in."""


def routes(site: Site) -> list[tuple[str, str]]:
    """Every method and path of the application, with values in place of parameters."""
    app = make_app(WebInstallation(site.hub.settings, site.hub.engine))
    return sorted(set(_flat(app.routes)))


def _flat(found: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in found:
        if isinstance(route, Mount):
            yield "GET", route.path
        elif isinstance(route, Route | APIRoute):
            path = route.path.replace("{number}", "1").replace("{name}", "steward")
            yield from ((method, path) for method in route.methods or () if method != "HEAD")
        else:
            yield from _flat(list(getattr(route, "routes", ())))


def test_every_route_but_the_open_ones_is_401_without_a_user(site: Site) -> None:
    client = site.client()
    found = routes(site)
    assert len(found) > 25
    answers = {(m, p): client.request(m, p).status_code for m, p in found if p not in OPEN | {SIGN_OUT}}
    assert {route: code for route, code in answers.items() if code != 401} == {}
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/static/style.css").status_code == 200


def test_no_route_tells_the_programs_structure(site: Site) -> None:
    client = site.client("admin")
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_a_person_who_opens_a_page_is_sent_to_the_login_and_back(site: Site) -> None:
    client = site.client()
    answer = client.get("/runs/1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/runs/1")
    assert client.get("/runs/1").headers["content-type"] == "application/problem+json"
    assert client.post("/search", headers={"Accept": "text/html"}).status_code == 401
    answer = client.post("/login", data={"name": "operator", "password": PASSWORD, "next": "/runs/1"})
    assert answer.headers["location"] == "/runs/1"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_never_leads_elsewhere(site: Site, elsewhere: str) -> None:
    answer = site.client().post("/login", data={"name": "viewer", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["location"] == "/"


MAY = {
    "viewer": {"customers", "search", "interactions"},
    "steward": {"customers", "search", "interactions", "review", "decisions"},
    "operator": {"runs", "letters"},
    "admin": {"customers", "search", "interactions", "review", "decisions", "runs", "letters", "users"},
}


@pytest.mark.parametrize("role", MAY)
def test_roles_are_enforced(site: Site, role: str) -> None:
    client = site.client(role)
    pages = {
        "customers": client.get(f"/customers/{site.number('ship_to/S001')}"),
        "search": client.post("/search", data={"asked": "华强"}),
        "interactions": client.get("/interactions"),
        "review": client.get("/review"),
        "decisions": client.get("/decisions"),
        "runs": client.get("/runs"),
        "letters": client.get("/dead-letters"),
        "users": client.get("/users"),
    }
    assert {name for name, answer in pages.items() if answer.status_code == 200} == MAY[role]
    assert {answer.status_code for name, answer in pages.items() if name not in MAY[role]} <= {403}
    home = client.get("/", headers={"Accept": "text/html"}).text
    links = {"review": "/review", "runs": "/runs", "users": "/users", "interactions": "/interactions"}
    assert {name for name, link in links.items() if f'href="{link}"' in home} == MAY[role] & set(links)


def test_a_viewer_decides_nothing_and_replays_nothing(site: Site) -> None:
    client = site.client("viewer")
    assert client.post("/review/decide", data={"pair": "1-2", "verdict": "same"}).status_code == 403
    assert client.post("/dead-letters/replay", data={"letter": "1"}).status_code == 403
    assert client.post("/users", data={"name": "x", "password": PASSWORD, "roles": "admin"}).status_code == 403
    assert site.hub.rows("select 1 from master.decision") == []


FOREIGN = {
    "another origin": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "a sandboxed page": {"Origin": "null"},
    "a browser that says so": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "nobody says where from": {},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_form_of_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    cookies = site.client("admin").cookies
    with httpx.Client(base_url=site.url, cookies=cookies) as client:
        form = {"name": "intruder", "password": PASSWORD, "roles": "admin"}
        answer = client.post("/users", data=form, headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")
        assert client.post("/login", data=form, headers=headers).status_code == 403
    assert site.hub.rows("select 1 from hub.app_user where name = 'intruder'") == []


def test_large_and_endless_bodies_are_refused(site: Site) -> None:
    client = site.client("viewer")
    assert client.post("/search", data={"asked": "x" * 70_000}).status_code == 413
    assert client.post("/search", content=iter([b"asked=abc"])).status_code == 411


def test_answers_carry_their_security_headers(site: Site) -> None:
    client = site.client("viewer")
    for answer in (client.get("/"), client.get("/static/hub.js"), client.get("/nowhere"), client.get("/users")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_no_page_asks_another_host(site: Site) -> None:
    client = site.client("admin")
    paths = ("/", "/review", "/runs/1", "/users", f"/customers/{site.number('ship_to/S001')}")
    for text in (client.get(path).text for path in paths):
        assert "//" not in text.replace("<!doctype", "").replace(site.url, "")
        assert "style=" not in text
        assert "onclick" not in text


def test_wrong_passwords_wear_out_and_say_so(site: Site) -> None:
    client = site.client()
    answers = [client.post("/login", data={"name": "steward2", "password": "wrong"}) for _ in range(6)]
    assert [a.status_code for a in answers] == [401] * 5 + [429]
    assert "Try again in 15 minutes" in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 800
    assert client.post("/login", data={"name": "steward2", "password": PASSWORD}).status_code == 429
    assert site.client("viewer").get("/").status_code == 200, "others are not locked out"


def test_the_session_is_a_closed_cookie_and_only_its_hash_is_stored(site: Site) -> None:
    client = site.client()
    answer = client.post("/login", data={"name": "viewer", "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("hub_session="))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    token = client.cookies["hub_session"]
    assert token not in str(site.hub.rows("select * from hub.web_session"))
    secure = client.post(
        "/login", data={"name": "viewer", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert all("Secure" in c for c in secure.headers.get_list("set-cookie"))


def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    client = site.client("viewer")
    stolen = client.cookies["hub_session"]
    assert client.get("/").status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/").status_code == 401
    assert httpx.get(f"{site.url}/", cookies={"hub_session": stolen}).status_code == 401


def test_a_session_ends_by_itself(site: Site) -> None:
    client = site.client("viewer")
    site.hub.execute("update hub.web_session set expires_us = 1")
    assert client.get("/").status_code == 401


def test_programs_get_problems_and_people_get_pages(site: Site) -> None:
    client = site.client("viewer", language="zh-CN")
    problem = client.get("/customers/CM-0000-0000-0")
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert set(problem.json()) == {"type", "title", "status", "detail", "remedy"}
    page = client.get("/customers/CM-0000-0000-0", headers={"Accept": "text/html"})
    assert (page.status_code, "<h1>未找到</h1>" in page.text) == (404, True)


def test_a_failure_is_told_without_what_it_was_about(site: Site) -> None:
    site.hub.execute("alter table master.search_entry rename to hidden")
    try:
        answer = site.client("viewer").post("/search", data={"asked": "13916688021"})
    finally:
        site.hub.execute("alter table master.hidden rename to search_entry")
    assert answer.status_code == 500
    assert "13916688021" not in answer.text
    log = site.log.read_text()
    assert "ProgrammingError" in log
    assert "13916688021" not in log
    assert "search_entry" not in log


def test_a_viewer_sees_a_persons_contact_data_only_on_purpose(site: Site) -> None:
    client = site.client("viewer")
    number = site.number("ship_to/S020")
    before = client.get(f"/customers/{number}").text
    assert "李小红" in before
    assert all(hidden not in before for hidden in ("139 1668 8021", "13916688021", "xiaohong.li", "南京西路"))
    assert client.post(f"/customers/{number}/reveal", data={"purpose": "curiosity"}).status_code == 422
    shown = client.post(f"/customers/{number}/reveal", data={"purpose": "service"}).text
    assert all(word in shown for word in ("139 1668 8021", "xiaohong.li@mail.example", "南京西路"))
    (noted,) = site.hub.rows("select user_name, purpose, fields from hub.access_log")
    assert (noted["user_name"], noted["purpose"]) == ("viewer", "service")
    assert {"phones", "emails", "addresses"} <= set(noted["fields"])
    company = client.get(f"/customers/{site.number('ship_to/S001')}").text
    assert "+86 755 2698 8888" in company, "business contact data is for everybody who may see customers"


def test_numbers_of_strangers_are_for_stewards(site: Site) -> None:
    assert "137 6452 0983" not in site.client("viewer").get("/interactions").text
    assert "137 6452 0983" in site.client("steward").get("/interactions").text


@pytest.mark.parametrize(
    "path",
    [
        "/runs/999999999999999999999",
        "/runs/-1",
        "/runs/abc",
        "/runs?before=99999999999999999999999",
        "/dead-letters?run=99999999999999999999",
        "/dead-letters?system=%00",
        "/decisions?before=-5",
        "/customers/%00",
        "/customers/CM-KRVQ-KEBX-X",
        "/interactions?before=%00",
        "/customers/..%2f..%2fetc%2fpasswd",
        "/static/..%2fapp.py",
        "/static/../app.py",
    ],
)
def test_nonsense_in_an_address_is_refused_not_suffered(site: Site, path: str) -> None:
    answer = site.client("admin").get(path)
    assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "asked", ["\x00", "a\x00b", "'; drop table master.party; --", "%", "_", "\\", "🙂🙂", "x" * 200]
)
def test_any_text_may_be_searched_for(site: Site, asked: str) -> None:
    assert site.client("viewer").post("/search", data={"asked": asked}).status_code in (200, 422)
