"""Trace, runs and doctor, asked from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, csv_file, xlsx_file
from tests.loop.installation import Answer, Installation

Command = Callable[..., Answer]


@pytest.fixture
def synced(hub: Installation) -> Installation:
    hub.put("shipto_20261101_01.csv", csv_file({**HUAQIANG, "简称": "华强"}, HONGDA))
    hub.put("dealers_20261102.xlsx", xlsx_file(HUAQIANG_DEALER))
    hub.sync()
    return hub


def test_a_record_is_traced_to_file_and_row_and_to_its_customer(synced: Installation) -> None:
    done = synced.cli("trace", "scm/dealer/D-0017", "--json")
    assert (done.code, done.err) == (0, "")
    [trace] = json.loads(done.out)
    assert trace["record"] == "scm/dealer/D-0017"
    [version] = trace["versions"]
    assert (version["origin"], version["position"]) == ("dealers_20261102.xlsx:2", "2026-11-02")
    assert version["is_current"]
    assert version["file"] in synced.landed()
    assert version["row"] == 0
    [spec] = synced.rows("select hash from hub.document where name = 'scm.dealers'")
    assert spec["hash"].startswith(version["mapping"])
    assert set(trace["party"]["records"]) == {"scm/ship_to/S001", "scm/dealer/D-0017"}
    golden = {value["attribute"]: value for value in trace["golden"]}
    assert golden["email"]["value"] == "sales@huaqiang.example"
    assert (golden["email"]["source"], golden["email"]["rule"]) == ("scm/dealer/D-0017", "email.only")
    short = golden["short_name"]
    assert (short["value"], short["why"]) == ("华强", "only")
    assert (short["source"], short["origin"]) == ("scm/ship_to/S001", "shipto_20261101_01.csv:2")
    assert golden["phone"]["rule"] == "phone.agreed"


def test_a_customer_is_traced_by_its_number(synced: Installation, command: Command) -> None:
    [trace] = json.loads(command("trace", "scm/S003", "--json").out)
    number = trace["party"]["public_id"]
    assert json.loads(command("trace", number, "--json").out) == [trace]
    for_people = command("trace", number)
    assert for_people.code == 0
    for part in ("scm/ship_to/S003", "shipto_20261101_01.csv:3", number):
        assert part in for_people.out


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("scm/ship_to/S999", "Nothing known is called 'scm/ship_to/S999'. "),
        ("CM-7K3F-92QX-4", ""),
        ("华强", ""),
    ],
)
def test_what_nobody_knows_is_one_sentence(command: Command, what: str, sentence: str) -> None:
    said = command("trace", what)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"hub: {sentence}")
    assert said.err.count("\n") == 1


def test_an_unknown_run_too(command: Command) -> None:
    assert command("account", "99") == Answer(2, "", "hub: There is no run 99. List the runs with: hub runs\n")


def test_runs_are_listed_newest_first(synced: Installation, command: Command) -> None:
    synced.step("pull")
    listed = json.loads(command("runs", "--json").out)
    assert [(run["id"], run["kind"], run["state"]) for run in listed] == [(2, "pull", "green"), (1, "sync", "green")]
    lines = command("runs").out.splitlines()
    assert [line.split()[:3] for line in lines] == [["2", "pull", "green"], ["1", "sync", "green"]]


def test_the_doctor_finds_nothing_then_names_what_is_wrong(hub: Installation, command: Command) -> None:
    well = command("doctor", "--json")
    assert [f for f in json.loads(well.out) if not f["ok"]] == []
    assert well.code == 0
    hub.secret("scm_password", "wrong-pässword")
    ill = command("doctor", "--json")
    assert ill.code == 1
    [finding] = [f for f in json.loads(ill.out) if not f["ok"]]
    assert finding["what"] == "connection scm"
    assert finding["remedy"] == "Renew the password in the secret the connection document refers to"
    assert "wrong-pässword" not in ill.out + ill.err
