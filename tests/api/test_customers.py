"""Finding customers and reading them: masked, as of then, by former numbers, page by page."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller
from tests.api.scene import (
    COMPANY,
    CONSUMER,
    DOUBTFUL,
    DOUBTFUL_TOO,
    HUAQIANG,
    LI,
    LI_MOBILE,
    MERGED,
    SPLIT,
    Scene,
)


@pytest.mark.parametrize(
    "asked", ["华强", "huaqiang", "0755-26988888", "914403001922038216", "scm/ship_to/S001", "CM-KRVQ-KEBX-N"]
)
def test_a_customer_is_found_by_whatever_is_in_hand(caller: Caller, scene: Scene, asked: str) -> None:
    found = caller("viewer").get("/api/v1/customers", params={"q": asked}).json()
    assert [(hit["number"], hit["name"]) for hit in found["items"]] == [(scene.number(COMPANY), HUAQIANG)]


def test_a_telephone_is_searched_for_without_standing_in_the_address(caller: Caller, scene: Scene) -> None:
    found = caller("viewer").post("/api/v1/search", json={"q": "13916688021"}).json()
    assert [(hit["number"], hit["matched"]) for hit in found["items"]] == [(scene.number(CONSUMER), "phone")]
    assert caller("viewer").post("/api/v1/search", json={"q": "1"}).status_code == 422


def test_pages_of_a_search_neither_skip_nor_double(caller: Caller) -> None:
    client = caller("viewer")
    whole = client.get("/api/v1/customers", params={"q": "宁波海天"}).json()
    assert len(whole["items"]) == 2
    first = client.get("/api/v1/customers", params={"q": "宁波海天", "limit": 1}).json()
    second = client.get("/api/v1/customers", params={"q": "宁波海天", "limit": 1, "cursor": first["next"]}).json()
    assert first["items"] + second["items"] == whole["items"]
    assert (whole["next"], second["next"]) == (None, None)


def test_a_customer_shows_where_every_value_comes_from(caller: Caller, scene: Scene) -> None:
    answer = caller("viewer").get(f"/api/v1/customers/{scene.number(COMPANY)}")
    customer = answer.json()
    assert answer.headers["etag"] == customer["etag"] == '"3"'
    origin = customer["values"]["name"]["origin"]
    assert (customer["values"]["name"]["value"], origin["name"], origin["row"]) == (HUAQIANG, "scm/ship_to/S001", 1)
    assert [record["name"] for record in customer["records"]] == ["erp/party/12", "scm/ship_to/S001"]
    again = caller("viewer").get(f"/api/v1/customers/{scene.number(COMPANY)}", headers={"If-None-Match": '"3"'})
    assert (again.status_code, again.content) == (304, b"")


def test_a_person_is_masked_until_a_purpose_is_named_and_noted(caller: Caller, scene: Scene) -> None:
    path, client = f"/api/v1/customers/{scene.number(CONSUMER)}", caller("viewer")
    assert LI_MOBILE not in client.get(path).text + client.get(f"{path}/records").text
    assert client.get(path).json()["values"]["name"]["value"] == LI
    assert scene.sql("select * from hub.access_log") == []
    shown = client.get(path, params={"purpose": "call_back"}).json()
    assert (shown["values"]["phone"]["value"]["number"], shown["masked"]) == (LI_MOBILE, False)
    assert LI_MOBILE in client.get(f"{path}/records", params={"purpose": "service"}).text
    noted = scene.sql("select user_name, party_id, purpose from hub.access_log order by id")
    assert noted == [("viewer", CONSUMER, "call_back"), ("viewer", CONSUMER, "service")]
    assert client.get(path, params={"purpose": "curiosity"}).status_code == 422


def test_contact_persons_of_a_company_are_masked_its_own_telephone_is_not(caller: Caller, scene: Scene) -> None:
    text = caller("viewer").get(f"/api/v1/customers/{scene.number(COMPANY)}/records").text
    assert "王建国" not in text
    assert "+8675526988888" in text


def test_a_merged_number_leads_to_its_successor_a_split_one_names_all(caller: Caller, scene: Scene) -> None:
    client = caller("viewer")
    moved = client.get(f"/api/v1/customers/{scene.number(MERGED)}?purpose=service")
    assert moved.status_code == 308
    assert moved.headers["location"] == f"/api/v1/customers/{scene.number(COMPANY)}?purpose=service"
    gone = client.get(f"/api/v1/customers/{scene.number(SPLIT)}")
    assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")
    assert gone.json()["successors"] == [scene.number(DOUBTFUL), scene.number(DOUBTFUL_TOO)]


def test_the_past_is_as_it_was(caller: Caller, scene: Scene) -> None:
    client, path = caller("viewer"), f"/api/v1/customers/{scene.number(MERGED)}"
    then = client.get(path, params={"as_of": "2"}).json()
    assert (then["status"], then["etag"], [r["name"] for r in then["records"]]) == ("active", None, ["erp/party/12"])
    assert client.get(path, params={"as_of": then["at"]}).json() == then
    assert client.get(path, params={"as_of": "1"}).status_code == 404
    assert client.get(path, params={"as_of": "2026-11-20T02:15:00"}).status_code == 422


def test_whoever_sees_one_unit_sees_its_records_and_counts_the_others(caller: Caller, scene: Scene) -> None:
    client = caller("shanghai")
    customer = client.get(f"/api/v1/customers/{scene.number(COMPANY)}").json()
    assert ([r["name"] for r in customer["records"]], customer["records_elsewhere"]) == (["erp/party/12"], 1)
    assert customer["values"]["name"]["origin"] is None
    assert client.get(f"/api/v1/customers/{scene.number(DOUBTFUL)}").status_code == 404
    assert client.get("/api/v1/customers", params={"q": "宁波海天"}).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/customers/CM-KRVQ-KEBX-X", 404),
        ("/api/v1/customers/x", 404),
        ("/api/v1/customers?q=x", 422),
        ("/api/v1/customers?q=华强&cursor=WzFd", 422),
        (f"/api/v1/customers?q={'华' * 201}", 422),
        ("/api/v1/customers?q=华强&limit=201", 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_reason(caller: Caller, path: str, status: int) -> None:
    answer = caller("viewer").get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_an_oversized_text_is_told_its_limit(caller: Caller) -> None:
    detail = caller("viewer").get("/api/v1/customers", params={"q": "华" * 201}).json()["detail"]
    assert detail == "These fields are missing or unusable: q (string too long 200)"
