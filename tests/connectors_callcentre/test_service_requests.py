"""The desk's journal becomes whole requests, given again with every new step."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors_callcentre.call_centre import HEADER, JOURNAL, Reading

R1 = [
    'R1,2026-11-01 12:00:00,reported,13912340000,宏达机械,"设备, 无法启动",1793505600.8,陈静怡,客户来电',
    "R1,2026-11-01 12:30:00,accepted,,,,,陈静怡,",
    "R1,2026-11-01 14:00:00,assigned,,,,,王晓燕,派工程师",
    "R1,2026-11-02 09:00:00,handled,,,,,王晓燕,已修好",
]
R2 = ["R2,2026-11-01 12:10:00,reported,,Acme,Spare part,,,", "R2,2026-11-01 12:10:00,handled,,,,,,"]


@pytest.fixture
def reading(centre):
    return Reading(centre, "service_request")


def test_the_whole_request_is_one_document(centre, reading):
    centre.journal(*R1)
    assert reading.go_on() == [
        {
            "request_no": "R1",
            "subject": "设备, 无法启动",
            "customer_name": "宏达机械",
            "caller_number": "13912340000",
            "linkedid": "1793505600.8",
            "opened_at": "2026-11-01T04:00:00.000+00:00",
            "state": "handled",
            "owner": "王晓燕",
            "steps": [
                {"state": "reported", "at": "2026-11-01T04:00:00.000+00:00", "by": "陈静怡", "note": "客户来电"},
                {"state": "accepted", "at": "2026-11-01T04:30:00.000+00:00", "by": "陈静怡", "note": ""},
                {"state": "assigned", "at": "2026-11-01T06:00:00.000+00:00", "by": "王晓燕", "note": "派工程师"},
                {"state": "handled", "at": "2026-11-02T01:00:00.000+00:00", "by": "王晓燕", "note": "已修好"},
            ],
        }
    ]
    assert reading.newest["R1"]["position"] == "2026-11-02T01:00:00.000+00:00"
    assert reading.newest["R1"]["origin"] == f"{JOURNAL}:5"


def test_each_new_step_gives_the_request_again(centre, reading):
    for number, line in enumerate(R1, 1):
        centre.journal(line)
        (document,) = reading.go_on()
        assert len(document["steps"]) == number
        assert document["subject"] == "设备, 无法启动"
        assert reading.go_on() == []


def test_a_request_read_long_ago_is_read_again_when_it_goes_on(centre, reading, monkeypatch):
    monkeypatch.setattr("connectors.asterisk.request_stream.KEPT_REQUESTS", 1)
    centre.journal(*R1[:2], *(f"X{n},2026-11-01 13:00:00,reported,,,,,," for n in range(5)))
    reading.go_on()
    centre.journal(R1[2])
    (document,) = reading.go_on()
    assert [step["state"] for step in document["steps"]] == ["reported", "accepted", "assigned"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("R1,2026-11-01 15:00:00,closed,,,,,,", "unknown_state"),
        ("R1,2026-11-01 15:00:00,accepted,,,,,,", "out_of_order"),
        ("R1,2026-11-01 13:00:00,handled,,,,,,", "out_of_order"),
        ("R9,2026-11-01 15:00:00,assigned,,,,,,", "out_of_order"),
        ("R1,soon,handled,,,,,,", "bad_time"),
        ("R1,2026-11-01T15:00:00Z,handled,,,,,,", "bad_time"),
        (",2026-11-01 15:00:00,reported,,,,,,", "missing_value"),
        ("R1,2026-11-01 15:00:00,handled", "column_count"),
    ],
)
@pytest.mark.parametrize("kept", [0, 500])
def test_a_step_that_cannot_be_is_a_defect_and_the_request_goes_on(centre, reading, monkeypatch, line, code, kept):
    monkeypatch.setattr("connectors.asterisk.request_stream.KEPT_REQUESTS", kept)
    centre.journal(*R1[:3])
    reading.go_on()
    centre.journal(line)
    assert reading.go_on() == []
    assert reading.defects == {f"{JOURNAL}:5": code}
    centre.journal(R1[3])
    (document,) = reading.go_on()
    assert [step["state"] for step in document["steps"]] == ["reported", "accepted", "assigned", "handled"]
    assert len(reading.defects) == 1


def test_a_number_used_twice_is_a_defect(centre, reading):
    centre.journal(*R1[:2], R1[0])
    reading.go_on()
    assert reading.defects == {f"{JOURNAL}:4": "out_of_order"}


JOURNAL_BYTES = (HEADER + "".join(f"{line}\n" for line in [*R1[:2], *R2, *R1[2:], "R3,x,reported,,,,,,"])).encode()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.integers(0, len(JOURNAL_BYTES)), max_size=5).map(sorted),
    batch_rows=st.sampled_from([1, 2, 1000]),
)
def test_reading_in_any_steps_gives_in_the_end_what_one_reading_gives(centre, cuts, batch_rows):
    (centre.root / JOURNAL).write_bytes(b"")
    reading, written = Reading(centre, "service_request", batch_rows=batch_rows), 0
    for cut in [*cuts, len(JOURNAL_BYTES)]:
        centre.append(JOURNAL, JOURNAL_BYTES[written:cut])
        written = cut
        reading.go_on()
    once = Reading(centre, "service_request")
    once.go_on()
    assert len(once.documents) == 2
    assert reading.documents == once.documents
    assert reading.defects == once.defects == {f"{JOURNAL}:8": "bad_time"}
    assert reading.go_on() == []
