"""Writing parties: what a caller can rely on, with a real server that others write to and that dies."""

import signal
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from connectors.base import Change, WriteResult

pytestmark = pytest.mark.tryton

PHONE = {"type": "phone", "value": "021-5269 8888"}


def code() -> str:
    return f"HUB-{uuid4().hex[:12]}"


def write(server: Any, *changes: Change, **options: Any) -> list[WriteResult]:
    with closing(server.connect(**options)) as connector:
        return list(connector.write("party", changes))


def create(server: Any, **document: Any) -> WriteResult:
    (result,) = write(server, Change(code(), None, {"name": "宏达", **document}))
    assert result.outcome == "written"
    return result


def update(server: Any, target: WriteResult, **document: Any) -> WriteResult:
    (result,) = write(server, Change(target.correlation, target.key, document, target.token))
    return result


def read(server: Any, target: WriteResult) -> dict[str, Any]:
    with closing(server.connect()) as connector:
        for batch in connector.read("party", None):
            for document in batch.table["document"].to_pylist():
                if str(document["id"]) == target.key:
                    return document
    raise AssertionError(f"party {target.key} is not there")


def values(document: dict[str, Any], collection: str, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row[field] for field in fields) for row in document[collection]]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"type": "phone", "value": " 021-5269 8888 "}, ("phone", "021-5269 8888")),
        ({"type": "mobile", "value": "+8613812345678"}, ("mobile", "+8613812345678")),
        ({"type": "email", "value": "Sales@EXAMPLE.com"}, ("email", "Sales@EXAMPLE.com")),
    ],
)
def test_contact_values_come_back_trimmed_and_otherwise_as_sent(
    tryton_server: Any, sent: dict[str, str], stored: tuple[str, str]
) -> None:
    created = create(tryton_server, contact_mechanisms=[sent])
    assert values(read(tryton_server, created), "contact_mechanisms", "type", "value") == [stored]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"type": "cn_vat", "code": "91110000 600037341l"}, ("cn_vat", "91110000600037341L")),
        ({"code": "91110000 600037341l"}, (None, "91110000 600037341l")),
        ({"type": "de_vat", "code": "136 695 976"}, ("de_vat", "136 695 976")),
    ],
)
def test_identifiers_come_back_in_the_layout_of_their_type(
    tryton_server: Any, sent: dict[str, str], stored: tuple[str | None, str]
) -> None:
    created = create(tryton_server, identifiers=[sent])
    assert values(read(tryton_server, created), "identifiers", "type", "code") == [stored]


def test_adding_what_is_there_adds_nothing_and_writes_nothing(tryton_server: Any) -> None:
    address = {"street": "人民路1号", "city": "上海", "country": "CN"}
    children = {
        "contact_mechanisms": [PHONE],
        "addresses": [address],
        "identifiers": [{"type": "cn_vat", "code": "91110000600037341L"}],
    }
    first = create(tryton_server)
    second = update(tryton_server, first, add=children)
    third = update(tryton_server, second, add=children)
    assert (second.outcome, third.outcome) == ("written", "written")
    assert second.token != first.token
    assert third.token == second.token
    document = read(tryton_server, first)
    assert {name: len(document[name]) for name in children} == dict.fromkeys(children, 1)


def test_replacing_a_child_keeps_its_id(tryton_server: Any) -> None:
    created = create(tryton_server, contact_mechanisms=[PHONE])
    ((phone,),) = values(read(tryton_server, created), "contact_mechanisms", "id")
    new = {"id": phone, "type": "phone", "value": "021-1111 1111"}
    result = update(tryton_server, created, replace={"contact_mechanisms": [new]})
    assert result.outcome == "written"
    document = read(tryton_server, created)
    assert values(document, "contact_mechanisms", "id", "value") == [(phone, "021-1111 1111")]
    assert update(tryton_server, result, replace={"contact_mechanisms": [new]}).token == result.token


def test_replacing_part_of_an_address_keeps_the_rest_and_can_be_repeated(tryton_server: Any) -> None:
    created = create(tryton_server, addresses=[{"street": "人民路1号", "city": "上海", "country": "CN"}])
    ((address,),) = values(read(tryton_server, created), "addresses", "id")
    new = {"id": address, "street": "南京路2号"}
    result = update(tryton_server, created, replace={"addresses": [new]})
    stored = values(read(tryton_server, created), "addresses", "street", "city", "country")
    assert stored == [("南京路2号", "上海", "CN")]
    assert update(tryton_server, created, replace={"addresses": [new]}).token == result.token


def test_a_child_somebody_else_changed_is_not_overwritten(tryton_server: Any) -> None:
    created = create(tryton_server, contact_mechanisms=[PHONE])
    ((phone,),) = values(read(tryton_server, created), "contact_mechanisms", "id")
    tryton_server.rpc("party.contact_mechanism.write", [phone], {"value": "theirs"})
    ours = {"id": phone, "type": "phone", "value": "ours"}
    assert update(tryton_server, created, replace={"contact_mechanisms": [ours]}).outcome == "stale"
    assert values(read(tryton_server, created), "contact_mechanisms", "value") == [("theirs",)]
    assert update(tryton_server, created, set={"name": "another row"}).outcome == "written"


def test_a_change_between_our_look_and_our_write_is_stale(tryton_server: Any, relay: Any) -> None:
    first, second = create(tryton_server), create(tryton_server)

    def interfere(body: bytes) -> bool:
        if b"party.party.write" in body and b"ours" in body:
            relay.before = lambda _: False
            tryton_server.rpc("party.party.write", [int(first.key)], {"name": "theirs"})
        return False

    relay.before = interfere
    changes = [Change(target.correlation, target.key, {"set": {"name": "ours"}}) for target in (first, second)]
    results = write(tryton_server, *changes, url=relay.url)
    assert [result.outcome for result in results] == ["stale", "written"]
    assert read(tryton_server, first)["name"] == "theirs"


def test_refused_parties_do_not_hold_the_others(tryton_server: Any) -> None:
    bad = {
        3: {"identifiers": [{"type": "eu_vat", "code": "DE123"}]},
        17: {"addresses": [{"street": "x", "country": "XX"}]},
        31: {"contact_mechanisms": [{"type": "telegram", "value": "x"}]},
        32: {"colour": "red"},
    }
    changes = [Change(code(), None, {"name": f"Wang Wei {n}", **bad.get(n, {})}) for n in range(40)]
    results = write(tryton_server, *changes)
    assert {n for n, result in enumerate(results) if result.outcome == "refused"} == set(bad)
    assert {result.outcome for n, result in enumerate(results) if n not in bad} == {"written"}
    messages = [results[n].message for n in bad]
    assert all("erp" in message and "Wang" not in message and "DE123" not in message for message in messages)
    assert "European VAT Number" in messages[0]
    assert "'XX'" in messages[1]
    assert "colour" in messages[3]


def test_updating_a_party_that_is_gone_is_refused(tryton_server: Any) -> None:
    created = create(tryton_server)
    tryton_server.rpc("party.party.delete", [int(created.key)])
    assert update(tryton_server, created, set={"name": "x"}).outcome == "refused"


def test_a_party_created_by_a_rival_meanwhile_is_found(tryton_server: Any, relay: Any) -> None:
    wanted = code()

    def rival(body: bytes) -> bool:
        if b"party.party.create" in body:
            relay.before = lambda _: False
            tryton_server.rpc("party.party.create", [{"code": wanted, "name": "theirs"}])
        return False

    relay.before = rival
    (result,) = write(tryton_server, Change(wanted, None, {"name": "ours"}), url=relay.url)
    assert result.outcome == "written"
    assert read(tryton_server, result)["name"] == "theirs"


def test_two_changes_of_one_party_arrive_in_order(tryton_server: Any) -> None:
    created = create(tryton_server)
    changes = [Change(created.correlation, created.key, {"set": {"name": name}}) for name in ("first", "second")]
    assert [result.outcome for result in write(tryton_server, *changes)] == ["written", "written"]
    assert read(tryton_server, created)["name"] == "second"


def test_an_answer_lost_after_the_commit_is_unknown_and_found_by_probing(tryton_server: Any, relay: Any) -> None:
    relay.after = lambda body: b"party.party.create" in body
    changes = [Change(code(), None, {"name": f"宏达{n}"}) for n in range(3)]
    results = write(tryton_server, *changes, url=relay.url)
    assert {result.outcome for result in results} == {"unknown"}
    with closing(tryton_server.connect()) as connector:
        assert set(connector.probe("party", [change.correlation for change in changes])) == {
            change.correlation for change in changes
        }
    again = write(tryton_server, *changes)
    assert {result.outcome for result in again} == {"written"}
    assert len({result.key for result in again}) == 3


@pytest.mark.parametrize("committed", [False, True], ids=["before_commit", "after_commit"])
def test_a_server_killed_under_a_write_is_unknown_and_the_probe_tells_the_truth(
    tryton_server: Any, relay: Any, committed: bool
) -> None:
    def kill(body: bytes) -> bool:
        if b"party.party.create" in body:
            tryton_server.stop(signal.SIGKILL)
        return False

    setattr(relay, "after" if committed else "before", kill)
    change = Change(code(), None, {"name": "宏达"})
    (result,) = write(tryton_server, change, url=relay.url)
    tryton_server.start()
    assert result.outcome == "unknown"
    with closing(tryton_server.connect()) as connector:
        assert (change.correlation in connector.probe("party", [change.correlation])) == committed
    assert write(tryton_server, change)[0].outcome == "written"
