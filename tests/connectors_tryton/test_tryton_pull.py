"""Reading parties: every way a party can change is seen once, and nothing else is."""

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pytest

from connectors.base import Change, Cursor
from hub.demo.systems import tryton

pytestmark = pytest.mark.tryton


@pytest.fixture(scope="module")
def server(new_tryton: Any) -> Any:
    return new_tryton()


def new_party(server: Any) -> int:
    document = {
        "code": uuid4().hex,
        "name": "上海宏達有限公司",
        "identifiers": [{"code": "91310000607218038U"}],
        "addresses": [{"street": "人民路1号\nB座", "postal_code": "200001", "city": "上海"}],
        "contact_mechanisms": [{"type": "phone", "value": "021-5269 8888"}],
    }
    children = {name: [["create", document[name]]] for name in ("identifiers", "addresses", "contact_mechanisms")}
    (china,) = server.rpc("country.country.search", [["code", "=", "CN"]], 0, None, None)
    document["addresses"][0]["country"] = china
    (party,) = server.rpc("party.party.create", [{**document, **children}])
    return party


def pull(server: Any, cursor: Cursor | None = None, **options: Any) -> tuple[dict[int, dict[str, Any]], Cursor | None]:
    """Read to the end; return the documents by id and the cursor after them as the hub's database gives it back."""
    documents = {}
    connector = server.connect(**options)
    for batch in connector.read("party", cursor):
        cursor = json.loads(json.dumps(batch.cursor))
        for row in batch.table.to_pylist():
            documents[row["document"]["id"]] = {**row["document"], "position": row["position"]}
    connector.close()
    return documents, cursor


def child(server: Any, model: str, party: int) -> int:
    (row,) = server.rpc(f"{model}.search", [["party", "=", party]], 0, 1, None)
    return row


def test_a_party_is_read_whole(server: Any) -> None:
    party = new_party(server)
    document = pull(server)[0][party]
    assert (document["name"], document["active"]) == ("上海宏達有限公司", True)
    assert [(i["type"], i["code"]) for i in document["identifiers"]] == [(None, "91310000607218038U")]
    (address,) = document["addresses"]
    assert (address["street"], address["city"], address["country"]) == ("人民路1号\nB座", "上海", "CN")
    assert (address["postal_code"], address["subdivision"], address["active"]) == ("200001", None, True)
    assert [(m["type"], m["value"]) for m in document["contact_mechanisms"]] == [("phone", "021-5269 8888")]
    assert len(json.loads(document["token"])) == 4
    written = dt.datetime.fromisoformat(document["write_date"])
    assert abs(dt.datetime.now(dt.UTC) - written) < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("model", "values", "collection"),
    [
        ("party.contact_mechanism", {"value": "021-1111 1111"}, "contact_mechanisms"),
        ("party.address", {"street": "南京路2号"}, "addresses"),
        ("party.identifier", {"code": "X-77"}, "identifiers"),
    ],
)
def test_a_changed_child_brings_its_party_once(
    server: Any, model: str, values: dict[str, str], collection: str
) -> None:
    party = new_party(server)
    before, cursor = pull(server)
    server.rpc(f"{model}.write", [child(server, model, party)], values)
    after, cursor = pull(server, cursor)
    assert list(after) == [party]
    assert after[party][collection][0].items() >= values.items()
    assert after[party]["write_date"] == before[party]["write_date"]
    assert after[party]["position"] > before[party]["position"]
    assert pull(server, cursor)[0] == {}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("party.contact_mechanism", {"type": "email", "value": "a@example.com"}),
        ("party.address", {"street": "南京路2号"}),
        ("party.identifier", {"code": "X-77"}),
    ],
)
def test_a_new_child_brings_its_party(server: Any, model: str, values: dict[str, str]) -> None:
    party = new_party(server)
    _, cursor = pull(server)
    server.rpc(f"{model}.create", [{"party": party, **values}])
    assert list(pull(server, cursor)[0]) == [party]


def test_a_deactivated_party_comes_and_says_so(server: Any) -> None:
    party = new_party(server)
    _, cursor = pull(server)
    server.rpc("party.party.write", [party], {"active": False})
    after, _ = pull(server, cursor)
    assert after[party]["active"] is False
    assert pull(server)[0][party]["active"] is False


def test_a_deactivated_child_comes_and_says_so(server: Any) -> None:
    party = new_party(server)
    _, cursor = pull(server)
    phone = child(server, "party.contact_mechanism", party)
    server.rpc("party.contact_mechanism.write", [phone], {"active": False})
    after, _ = pull(server, cursor)
    assert [m["active"] for m in after[party]["contact_mechanisms"]] == [False]


@pytest.mark.parametrize(("seconds", "found"), [(60, True), (600, False)], ids=["within", "beyond"])
def test_a_late_commit_is_found_within_the_look_back(server: Any, seconds: int, found: bool) -> None:
    party = new_party(server)
    _, cursor = pull(server)
    # as if a long transaction that began a while ago had committed only now
    began = dt.datetime.fromisoformat(cursor["until"]).replace(tzinfo=None) - dt.timedelta(seconds=seconds)
    server.sql("UPDATE party_party SET name = 'late', write_date = ? WHERE id = ?", began.isoformat(" "), party)
    after, cursor = pull(server, cursor)
    assert list(after) == ([party] if found else [])
    assert pull(server, cursor)[0] == {}


def test_what_changes_during_the_first_read_is_not_lost(server: Any) -> None:
    first, second = new_party(server), new_party(server)
    connector = server.connect(batch_rows=1)
    names, last = {}, None
    for batch in connector.read("party", None):
        (document,) = batch.table["document"].to_pylist()
        last = json.loads(json.dumps(batch.cursor))
        names[document["id"]] = document["name"]
        if document["id"] == first:
            server.rpc("party.party.write", [first], {"name": "changed behind us"})
            server.rpc("party.party.write", [second], {"name": "changed before us"})
    assert names[second] == "changed before us"
    after, _ = pull(server, last)
    assert {party: document["name"] for party, document in after.items()} == {first: "changed behind us"}


def test_many_changes_come_in_batches_and_can_be_resumed(server: Any) -> None:
    parties = [new_party(server) for _ in range(5)]
    _, cursor = pull(server)
    server.rpc("party.party.write", parties, {"name": "renamed"})
    connector = server.connect(batch_rows=2)
    first = next(connector.read("party", cursor))
    rest, cursor = pull(server, json.loads(json.dumps(first.cursor)), batch_rows=2)
    seen = [row["id"] for row in first.table["document"].to_pylist()]
    assert sorted([*seen, *rest]) == parties
    assert pull(server, cursor)[0] == {}


def test_our_own_write_comes_back_once(server: Any) -> None:
    _, cursor = pull(server)
    connector = server.connect()
    (result,) = connector.write("party", [Change(uuid4().hex, None, {"name": "新客户"})])
    after, cursor = pull(server, cursor)
    assert [str(party) for party in after] == [result.key]
    assert after[int(result.key)]["token"] == result.token
    assert pull(server, cursor)[0] == {}


@pytest.mark.slow
def test_two_thousand_parties_are_read_once_and_then_nothing(new_tryton: Any) -> None:
    crowded = new_tryton()
    documents = [
        {
            "code": f"C{n}",
            "name": f"宏达{n}",
            "addresses": [{"street": f"人民路{n}号", "country": "CN"}],
            "contact_mechanisms": [{"type": "phone", "value": f"021-{n:08}"}],
        }
        for n in range(2000)
    ]
    ids = tryton.load(crowded.config(), documents)
    first, cursor = pull(crowded)
    assert list(first) == ids
    assert len(json.dumps(cursor)) < 20_000
    assert pull(crowded, cursor) == ({}, cursor)
