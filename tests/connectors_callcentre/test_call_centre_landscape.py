"""The demo's call centre: what the landscape writes, the connector reads, and the truth fits."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from hub.demo.landscape import Landscape, generate
from hub.demo.landscape.activities import attribute, points_in, points_of, shared_points
from hub.demo.landscape.calls import append_call, call_truth, calls
from hub.demo.landscape.service_requests import append_step, request_steps, request_truth, write_logs
from tests.connectors_callcentre.call_centre import CallCentre, Reading, planned


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    return generate(300, seed=7)


@pytest.fixture
def laid(sftp_server, landscape):
    centre = CallCentre(sftp_server)
    write_logs(landscape, centre.root)
    return centre


def test_every_call_comes_through_once_and_as_it_was(laid, landscape):
    reading = Reading(laid, "call")
    read = reading.go_on()
    made = {call.call.linkedid: call.call for block in calls(landscape) for call in block}
    assert len(made) == round(0.6 * 300)
    assert Counter(document["linkedid"] for document in read) == Counter(list(made))
    assert reading.defects == {}
    for document in read:
        call = made[document["linkedid"]]
        assert document["direction"] == ("inbound" if call.inbound else "outbound")
        assert document["disposition"] == call.outcome
        assert (document["caller_number"] if call.inbound else document["called"]) == call.number
        assert (document["talk_seconds"] or 0) == call.talk


def test_the_truth_can_be_told_from_the_number_and_has_all_kinds(laid, landscape):
    shared = shared_points(landscape)
    carriers: dict[str, set[str]] = {}
    for number, block in enumerate(landscape.blocks()):
        for point, entities in points_of(landscape, number, block).items():
            carriers.setdefault(point, set()).update(entities)
    reading = Reading(laid, "call")
    reading.go_on()
    truth = {row.ref: row for row in call_truth(landscape)}
    assert set(truth) == set(reading.documents)
    assert {row.reason for row in truth.values()} == {"known", "shared", "unknown"}
    for linkedid, document in reading.documents.items():
        number = document["caller_number"] if document["direction"] == "inbound" else document["called"]
        assert attribute(points_in(number), carriers, shared) == (truth[linkedid].entity, truth[linkedid].reason)


def test_requests_come_from_answered_calls_in_all_states(laid, landscape):
    reading = Reading(laid, "service_request")
    read = reading.go_on()
    assert reading.defects == {}
    assert {document["request_no"] for document in read} == {row.ref for row in request_truth(landscape)}
    made = {call.call.linkedid: call.call for block in calls(landscape) for call in block}
    for document in read:
        call = made[document["linkedid"]]
        assert (call.outcome, call.inbound, call.number) == ("answered", True, document["caller_number"])
    answered = sum(call.inbound and call.outcome == "answered" for call in made.values())
    assert 0.1 < len(read) / answered < 0.3
    assert {document["state"] for document in read} == {"reported", "accepted", "assigned", "handled"}


def test_tomorrows_call_and_step_come_through_alone(laid, landscape):
    called, requested = Reading(laid, "call"), Reading(laid, "service_request")
    called.go_on()
    requested.go_on()
    linkedid = append_call(laid.root, planned(900_000))
    made = next(call for block in calls(landscape) for call in block if request_steps(landscape, call))
    step = request_steps(landscape, made)[0]
    append_step(laid.root, step._replace(request_no="SR9", at=planned(1).end, linkedid=linkedid))
    assert [document["linkedid"] for document in called.go_on()] == [linkedid]
    assert [document["request_no"] for document in requested.go_on()] == ["SR9"]


def test_the_same_seed_writes_the_same_bytes_and_a_larger_landscape_only_reaches_further_back(tmp_path: Path):
    small, again, larger = (tmp_path / name for name in ("small", "again", "larger"))
    paths = [write_logs(generate(100, seed=3), small), write_logs(generate(100, seed=3), again)]
    write_logs(generate(200, seed=3), larger)
    for one, other in zip(*paths, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size > 0
    for name in ("cdr-csv/Master.csv", "cel-custom/Master.csv", "queue_log"):
        ids = [set(_ids(folder / name)) for folder in (small, larger)]
        assert ids[0] < ids[1]
    assert not list(tmp_path.rglob("*.draft"))


def test_logs_are_in_the_order_of_time(laid):
    with (laid.root / "cel-custom/Master.csv").open(encoding="utf-8", newline="") as file:
        times = [float(row[1]) for row in csv.reader(file, strict=True)]
    assert times == sorted(times)
    with (laid.root / "service/requests.csv").open(encoding="utf-8", newline="") as file:
        times = [row[1] for row in csv.reader(file, strict=True)][1:]
    assert times == sorted(times)


def _ids(path: Path) -> list[str]:
    """The first channel's ids, which do not depend on the size of the landscape."""
    separator = "|" if path.name == "queue_log" else ","
    return [line.split(separator)[1 if separator == "|" else -2] for line in path.read_text("utf-8").splitlines()]
