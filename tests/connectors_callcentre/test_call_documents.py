"""Three logs become one document for each call."""

from dataclasses import replace

import pytest

from hub.demo.landscape.asterisk_lines import AGENTS
from tests.connectors_callcentre.call_centre import CDR, CEL, NOON, QUEUE, Reading, logs_of, planned


def only(centre, *calls, **options):
    centre.append_logs(logs_of(*calls))
    (document,) = Reading(centre, "call", **options).go_on()
    return document


def test_three_rows_of_a_queued_call_are_one_call(centre):
    call = planned(1, talk=40, wait=9)
    assert logs_of(call)[CDR].count(b"\n") == 3
    assert only(centre, call) == {
        "linkedid": call.linkedid,
        "start": "2026-11-01T04:01:00.250+00:00",
        "answer": "2026-11-01T04:01:09.000+00:00",
        "end": "2026-11-01T04:01:49.400+00:00",
        "direction": "inbound",
        "caller_number": "13912340001",
        "caller_name": "张三",
        "called": "4008206688",
        "queue": "service",
        "agent": call.agent.name,
        "wait_seconds": 9,
        "talk_seconds": 40,
        "duration": 49,
        "disposition": "answered",
        "legs": 3,
        "transfers": 0,
        "recording": f"rec/20261101/{call.linkedid}.wav",
    }


def test_a_caller_who_gives_up_in_the_queue_was_not_answered_though_the_menu_was(centre):
    document = only(centre, planned(1, outcome="abandoned", wait=33, talk=0))
    assert (document["disposition"], document["wait_seconds"]) == ("abandoned", 33)
    assert (document["answer"], document["talk_seconds"], document["agent"]) == (None, None, "")


def test_a_call_the_queue_sends_away_has_no_answer(centre):
    assert only(centre, planned(1, outcome="no_answer", wait=60, talk=0))["disposition"] == "no_answer"


@pytest.mark.parametrize("outcome", ["answered", "no_answer", "busy"])
def test_an_outbound_call_is_the_agents(centre, outcome):
    document = only(centre, planned(1, inbound=False, number="075526988888", outcome=outcome, talk=40))
    assert (document["direction"], document["called"], document["disposition"]) == ("outbound", "075526988888", outcome)
    assert document["caller_number"] == planned(1).agent.extension
    assert document["agent"] == f"PJSIP/{planned(1).agent.extension}"
    assert document["talk_seconds"] == (40 if outcome == "answered" else None)
    assert document["answer"] == ("2026-11-01T04:01:09.000+00:00" if outcome == "answered" else None)


def test_a_call_handed_on_counts_its_transfers(centre):
    assert only(centre, planned(1, handed_to=AGENTS[3]))["transfers"] == 1


@pytest.mark.parametrize("number", ["anonymous", "", "+86 755 2698 8431", "0755-26988431"])
def test_numbers_are_given_as_the_log_has_them(centre, number):
    assert only(centre, planned(1, number=number))["caller_number"] == number


@pytest.mark.parametrize("name", ['"宏达" 集团', "O'Brien, 王", "𠮷野家", "a;b|c"])
def test_names_of_any_kind_arrive_whole(centre, name):
    assert only(centre, planned(1, name=name))["caller_name"] == name


def test_a_number_repeated_as_name_is_no_name(centre):
    document = only(centre, planned(1, name=""))
    assert (document["caller_number"], document["caller_name"]) == ("13912340001", "")


@pytest.mark.parametrize(
    ("options", "inbound", "number", "direction"),
    [
        ({"trunk": None}, True, "13912345678", "inbound"),
        ({"trunk": None}, True, "anonymous", "inbound"),
        ({"trunk": None}, False, "13912345678", "outbound"),
        ({"trunk": None}, False, "8005", "internal"),
        ({"trunk": "^SIP/other"}, False, "13912345678", "internal"),
        ({"trunk": None, "inbound_context": "^from-trunk$"}, True, "8005", "inbound"),
    ],
)
def test_direction_by_trunk_context_or_length(centre, options, inbound, number, direction):
    assert only(centre, planned(1, inbound=inbound, number=number), **options)["direction"] == direction


def test_agents_waits_and_queues_come_without_a_queue_log_too(centre):
    logs = logs_of(planned(1))
    centre.append_logs({CDR: logs[CDR], CEL: logs[CEL]})
    (document,) = Reading(centre, "call").go_on()
    assert (document["disposition"], document["queue"], document["agent"]) == ("answered", "", "PJSIP/8002")
    assert document["legs"] == 3


def test_calls_side_by_side_do_not_mix(centre):
    calls = [planned(n, start=NOON + n * 3.5, talk=100 - n) for n in range(20)]
    centre.append_logs(logs_of(*calls))
    documents = {document["linkedid"]: document for document in Reading(centre, "call").go_on()}
    assert {(d["linkedid"], d["caller_number"], d["talk_seconds"], d["legs"]) for d in documents.values()} == {
        (call.linkedid, call.number, call.talk, 3) for call in calls
    }


def test_a_channel_moved_to_another_call_stays_where_it_was_born(centre):
    first, second = planned(1), planned(2)
    moved = f'"BRIDGE_ENTER","{NOON + 300:.6f}","","","PJSIP/x","{second.uniqueid(3)}","{first.linkedid}"\n'
    logs = logs_of(first, second)
    centre.append_logs({**logs, CEL: logs[CEL] + moved.encode()})
    reading = Reading(centre, "call")
    reading.go_on()
    assert {key: document["legs"] for key, document in reading.documents.items()} == {
        first.linkedid: 3,
        second.linkedid: 3,
    }


def test_a_call_goes_on_until_its_last_event(centre):
    logs, call = logs_of(planned(1)), planned(1)
    *begun, last = logs[CEL].splitlines(keepends=True)
    centre.append_logs({**logs, CEL: b"".join(begun)})
    reading = Reading(centre, "call")
    assert reading.go_on() == []
    centre.append(CEL, last)
    assert [document["linkedid"] for document in reading.go_on()] == [call.linkedid]


def test_a_call_without_end_is_delivered_when_it_is_old_and_again_when_it_ends(centre):
    logs = logs_of(planned(1))
    *begun, last = logs[CEL].splitlines(keepends=True)
    centre.append_logs({CEL: b"".join(begun)})
    reading = Reading(centre, "call", open_hours=2)
    assert reading.go_on() == []
    centre.now = NOON + 3 * 3600
    (early,) = reading.go_on()
    assert (early["legs"], early["queue"]) == (0, "")
    assert reading.go_on() == []
    centre.append_logs({CEL: last, CDR: logs[CDR], QUEUE: logs[QUEUE]})
    (whole,) = reading.go_on()
    assert (whole["legs"], whole["queue"], whole["disposition"]) == (3, "service", "answered")
    assert reading.go_on() == []


@pytest.mark.parametrize("days", [0, 2])
@pytest.mark.parametrize("log", [CDR, QUEUE])
def test_a_late_line_delivers_the_whole_call_again(centre, log, days):
    """Soon afterwards from what was kept, days later by reading the logs again."""
    logs = logs_of(*(planned(n) for n in range(5)))
    *early, late = logs[log].splitlines(keepends=True)
    centre.append_logs({**logs, log: b"".join(early)})
    reading = Reading(centre, "call")
    assert len(reading.go_on()) == 5
    day = replace(planned(9), start=NOON + days * 86_400 + 600)
    centre.now += days * 86_400
    centre.append_logs(logs_of(day))
    assert len(reading.go_on()) == 1
    centre.append(log, late)
    (again,) = reading.go_on()
    assert again["linkedid"] == planned(4).linkedid
    assert reading.documents == whole(centre)
    assert reading.go_on() == []


def whole(centre):
    reading = Reading(centre, "call")
    reading.go_on()
    return reading.documents
