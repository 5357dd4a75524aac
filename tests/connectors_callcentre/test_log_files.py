"""Logs grow, are rotated, truncated, damaged: nothing is lost and nothing is read twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import ConfigurationError
from connectors.transport.sftp import RemoteReader
from hub.demo.landscape.asterisk_lines import AGENTS
from tests.connectors_callcentre.call_centre import CDR, CEL, NOON, QUEUE, Reading, logs_of, planned

ALL = [CDR, CEL, QUEUE]
HANDFUL = [planned(n) for n in range(4)]


def ids(documents):
    return sorted(document["linkedid"] for document in documents)


@pytest.fixture
def reading(centre):
    centre.append_logs(logs_of(*HANDFUL))
    reading = Reading(centre, "call")
    assert ids(reading.go_on()) == sorted(call.linkedid for call in HANDFUL)
    return reading


@pytest.mark.parametrize("log", ALL)
def test_a_half_written_line_waits_for_its_end(centre, reading, log):
    logs = logs_of(planned(7))
    for name in ALL:
        centre.append(name, logs[name][:-20] if name == log else logs[name])
    reading.go_on()
    assert reading.defects == {}
    centre.append(log, logs[log][-20:])
    assert ids(reading.go_on()) == [planned(7).linkedid]
    assert reading.documents[planned(7).linkedid]["legs"] == 3
    assert reading.defects == {}
    assert reading.go_on() == []


@pytest.mark.parametrize("suffix", [".1", "-20261101"])
def test_a_rotated_log_is_not_read_twice_and_its_last_lines_are_not_lost(centre, reading, suffix):
    before, after = planned(7), planned(8)
    centre.append_logs(logs_of(before))
    for name in ALL:
        centre.rename(name, f"{name}{suffix}")
    centre.append_logs(logs_of(after))
    assert ids(reading.go_on()) == sorted([before.linkedid, after.linkedid])
    assert reading.go_on() == []


def test_numbered_logs_move_on_and_the_oldest_may_go(centre, reading):
    for n in range(10, 14):
        for name in ALL:
            for number in (3, 2, 1):
                if (centre.root / f"{name}.{number}").exists():
                    centre.rename(f"{name}.{number}", f"{name}.{number + 1}")
            centre.rename(name, f"{name}.1")
        centre.append_logs(logs_of(planned(n)))
        assert ids(reading.go_on()) == [planned(n).linkedid]
        assert reading.go_on() == []
    for name in ALL:
        centre.zip_away(f"{name}.4")
    assert reading.go_on() == []
    assert reading.defects == {}


def test_a_call_across_a_rotation_is_one_call(centre, reading):
    logs = logs_of(planned(7))
    for name in ALL:
        cut = logs[name].index(b"\n") + 1
        centre.append(name, logs[name][:cut])
        centre.rename(name, f"{name}.1")
        centre.append(name, logs[name][cut:])
    assert ids(reading.go_on()) == [planned(7).linkedid]
    assert reading.documents[planned(7).linkedid]["legs"] == 3


def test_a_log_copied_away_and_truncated_goes_on_from_its_beginning(centre, reading):
    for name in ALL:
        (centre.root / f"{name}.1").write_bytes((centre.root / name).read_bytes())
        (centre.root / name).write_bytes(b"")
    centre.append_logs(logs_of(planned(7)))
    assert ids(reading.go_on()) == [planned(7).linkedid]
    assert reading.go_on() == []


def test_a_log_truncated_without_a_copy_only_gives_what_is_new(centre, reading):
    centre.lay(logs_of(planned(7)))
    assert ids(reading.go_on()) == [planned(7).linkedid]
    assert len(reading.documents) == len(HANDFUL) + 1


def test_a_late_line_of_a_call_whose_log_is_gone_does_not_spoil_what_was_delivered(centre, reading):
    delivered = dict(reading.documents)
    centre.now += 86_400
    late = f'"HANGUP","{NOON + 9000:.6f}","","","PJSIP/x","{HANDFUL[0].uniqueid(3)}","{HANDFUL[0].linkedid}"\n'
    logs = logs_of(planned(7, start=NOON + 8000))
    centre.lay({**logs, CEL: logs[CEL] + late.encode()})
    reading.go_on()
    centre.append_logs(logs_of(planned(8, start=NOON + 86_000)))
    centre.append(CEL, late.encode())
    reading.go_on()
    assert {key: reading.documents[key]["legs"] for key in delivered} == dict.fromkeys(delivered, 3)
    assert reading.defects[f"linkedid,{HANDFUL[0].linkedid}"] == "cut_call"


@pytest.mark.parametrize(
    ("log", "line", "code"),
    [
        (CDR, b'"8001","x"', "column_count"),
        (CDR, b'"","8001","x', "bad_quoting"),
        (CEL, b'"HANGUP","yesterday","","","PJSIP/x","1.1","1.1"', "bad_time"),
        (CEL, b'"HANGUP","1793505600.1","","","PJSIP/x","","1.1"', "missing_value"),
        (CEL, "宏达".encode("gb18030"), "bad_encoding"),
        (QUEUE, b"1793505600|1.1|service", "column_count"),
        (QUEUE, b"1793505600|1793505600.1|service|x|CONNECT|soon", "bad_number"),
    ],
)
def test_an_unreadable_line_is_a_defect_with_its_place_and_holds_nothing_else(centre, reading, log, line, code):
    number = (centre.root / log).read_bytes().count(b"\n") + 1
    centre.append(log, line + b"\n")
    centre.append_logs(logs_of(planned(7)))
    assert ids(reading.go_on()) == [planned(7).linkedid]
    assert reading.defects == {f"{log}:{number}": code}
    assert reading.go_on() == []


def test_legs_that_no_channel_event_explains_are_told_and_not_counted(centre, reading):
    centre.append(CDR, logs_of(planned(7))[CDR])
    centre.append_logs(logs_of(planned(8, start=NOON + 1200)))
    assert ids(reading.go_on()) == [planned(8, start=NOON + 1200).linkedid]
    assert list(reading.defects.values()) == ["no_linkedid"] * 3
    assert reading.go_on() == []


def test_legs_that_come_long_before_their_channel_events_wait_for_them(centre, reading):
    logs = logs_of(planned(7))
    centre.append_logs({CDR: logs[CDR], QUEUE: logs[QUEUE]})
    assert reading.go_on() == []
    centre.append(CEL, logs[CEL])
    (document,) = reading.go_on()
    assert (document["legs"], document["queue"]) == (3, "service")


def test_a_missing_folder_is_a_configuration_error(centre):
    connector = centre.connect(folder="nowhere")
    with pytest.raises(ConfigurationError, match="callcentre / call / nowhere"):
        list(connector.read("call", None))
    connector.close()


def test_the_cursor_stays_small(centre):
    centre.append_logs(logs_of(*(planned(n) for n in range(300))))
    centre.now = NOON + 400 * 60.25
    small = Reading(centre, "call")
    small.go_on()
    assert len(small.cursor["assembly"]["calls"]) < 20


CALLS = [
    planned(0, talk=300, handed_to=AGENTS[2]),
    planned(1, start=NOON + 5, outcome="abandoned", wait=20, talk=0, name='李"四"'),
    planned(2, start=NOON + 7, inbound=False, number="8675526988888"),
    planned(3, start=NOON + 30, inbound=False, outcome="busy", talk=0),
    planned(4, start=NOON + 90, number="anonymous", name="Anonymous"),
    planned(5, start=NOON + 4000),
    planned(6, start=NOON + 4001, outcome="no_answer", talk=0),
]
LOGS = logs_of(*CALLS)
ENDS = {name: len(content) for name, content in LOGS.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.fixed_dictionaries({name: st.integers(0, end) for name, end in ENDS.items()}), max_size=4),
    rotate=st.integers(0, 4),
    batch_rows=st.sampled_from([1, 2, 1000]),
)
def test_reading_in_any_steps_gives_in_the_end_what_one_reading_gives(centre, cuts, rotate, batch_rows):
    """Cut anywhere, also within a line and within a character; between two readings the logs may be rotated."""
    for path in [*centre.root.rglob("*Master.csv*"), *centre.root.glob("queue_log*")]:
        path.unlink()
    centre.now = NOON + 5000
    written, reading = dict.fromkeys(ALL, 0), Reading(centre, "call", batch_rows=batch_rows)
    for step, cut in enumerate([*cuts, ENDS]):
        for name in ALL:
            end = max(written[name], cut[name])
            centre.append(name, LOGS[name][written[name] : end])
            written[name] = end
        reading.go_on()
        complete = all(LOGS[name][: written[name]].endswith(b"\n") for name in ALL)
        if step == rotate and complete:
            for name in ALL:
                centre.rename(name, f"{name}.1")
    reading.go_on()
    assert reading.defects == {}
    assert {key: document["legs"] for key, document in reading.documents.items()} == {
        call.linkedid: 3 if call.inbound else 1 for call in CALLS
    }
    once = Reading(centre, "call")
    once.go_on()
    assert reading.documents == once.documents
    assert reading.go_on() == []


def test_a_late_line_makes_only_the_logs_since_its_call_be_read_again(centre, monkeypatch):
    """Blocks so small that the beginning of the logs can be left out."""
    monkeypatch.setattr("connectors.asterisk.log_files.BLOCK", 4096)
    monkeypatch.setattr("connectors.asterisk.call_stream.SPARE_SECONDS", 60)
    logs = logs_of(*(planned(n) for n in range(200)))
    rows = logs[CDR].splitlines(keepends=True)
    late = next(row for row in rows if f'"{planned(150).uniqueid(3)}"'.encode() in row)
    centre.append_logs({**logs, CDR: b"".join(row for row in rows if row != late)})
    centre.now = NOON + 86_400
    reading = Reading(centre, "call")
    reading.go_on()
    again = planned(300, start=NOON + 80_000)
    centre.append_logs(logs_of(again))
    reading.go_on()
    asked: list[int] = []
    whole = RemoteReader.read
    monkeypatch.setattr(
        RemoteReader, "read", lambda self, start, length: asked.append(length) or whole(self, start, length)
    )
    centre.append(CDR, late)
    (document,) = reading.go_on()
    assert (document["linkedid"], document["legs"]) == (planned(150).linkedid, 3)
    assert sum(asked) < sum(map(len, logs.values()))
