"""Reading the demo's PDM: documents, dates, defects, change numbers, many rows, and a server that is killed."""

import signal
import time
from contextlib import closing

import psutil
import pytest
from pydantic import ValidationError

from connectors.base import Cursor
from connectors.soap_pdm.connector import SoapPdm
from hub.demo.landscape import generate
from hub.demo.landscape import pdm as landscape_pdm
from tests.support.pdm import PdmServer, owner

CONFIGURATION = {
    "serial": "CP2401000001",
    "owner_id": "OW00001",
    "item": "CP-080",
    "sold_on": "2024-01-31",
    "options": [{"feature": "电压", "value": "380V"}, {"feature": "材质", "value": "铸铁"}],
    "modified": "2026-11-20T10:30:00",
}


def last_cursor(server: PdmServer, stream: str) -> Cursor:
    with closing(server.connect()) as connector:
        *_, last = connector.read(stream, None)
    return last.cursor


def test_documents_come_whole_from_either_server(any_pdm):
    any_pdm.load("owner", owner(1, erp_number="C00000042", name="O'Neill & <Söhne> 宏达𠮷"))
    any_pdm.load(
        "item",
        {"code": "CP-080", "name": "离心泵 DN80", "revision": "C", "unit": "台", "modified": "2026-01-02T03:04:05"},
    )
    part = {
        "owner_id": "OW00001",
        "item": "CP-080",
        "customer_part": "AB-000017",
        "description": "备件",
        "since": "2024-02-29",
    }
    any_pdm.load("customer_part", part | {"modified": "2026-11-20T10:30:00"})
    any_pdm.load("configuration", CONFIGURATION)
    moment = "2026-11-20T02:30:00.000000Z"
    (read,) = any_pdm.read("owner")
    assert (read["origin"], read["position"], read["defect"]) == ("owner,OW00001", moment, None)
    assert read["document"] == owner(1, erp_number="C00000042", name="O'Neill & <Söhne> 宏达𠮷") | {"modified": moment}
    (item,) = any_pdm.read("item")
    assert item["document"]["name"] == "离心泵 DN80"
    assert item["position"] == "2026-01-01T19:04:05.000000Z"
    (read_part,) = any_pdm.read("customer_part")
    assert read_part["origin"] == "customer_part,OW00001/CP-080"
    assert read_part["document"] == part | {"modified": moment}
    (configuration,) = any_pdm.read("configuration")
    assert configuration["document"] == CONFIGURATION | {"modified": moment}


def test_times_without_an_offset_are_of_the_configured_zone(pdm_server):
    pdm_server.load("owner", owner(1, modified="2026-07-01T12:00:00"), owner(2, modified="2026-07-01T12:00:00+02:00"))
    positions = [row["position"] for row in pdm_server.read("owner", time_zone="Europe/Berlin")]
    assert positions == ["2026-07-01T10:00:00.000000Z"] * 2
    assert pdm_server.read("owner", time_zone="America/New_York")[0]["position"] == "2026-07-01T16:00:00.000000Z"


def test_a_row_with_a_bad_date_is_a_defect_and_holds_nobody(pdm_server):
    numbered = [CONFIGURATION | {"serial": f"S{n}"} for n in range(5)]
    numbered[1]["sold_on"] = "31.12.2024"
    numbered[2]["modified"] = "0000-00-00T00:00:00"
    numbered[3]["sold_on"] = "2023-02-29"
    pdm_server.load("configuration", *numbered)
    rows = pdm_server.read("configuration", batch_rows=2)
    assert [row["document"] is not None for row in rows] == [True, False, False, False, True]
    assert [row["origin"] for row in rows] == [f"configuration,S{n}" for n in range(5)]
    assert [row["defect"] and (row["defect"]["code"], row["defect"]["field"]) for row in rows] == [
        None,
        ("bad_date", "sold_on"),
        ("bad_date", "modified"),
        ("bad_date", "sold_on"),
        None,
    ]
    assert "31.12.2024" in rows[1]["raw"]
    assert rows[2]["position"] < rows[1]["position"]


def test_a_row_without_its_key_is_a_defect(pdm_server):
    pdm_server.load("configuration", CONFIGURATION, CONFIGURATION | {"serial": None})
    _, bad = pdm_server.read("configuration")
    assert (bad["defect"]["code"], bad["defect"]["field"]) == ("no_key", "serial")
    assert bad["origin"] == "configuration,#2"


def test_a_mended_row_comes_again_as_a_document(pdm_server):
    pdm_server.load("configuration", CONFIGURATION | {"sold_on": "soon"})
    after = last_cursor(pdm_server, "configuration")
    pdm_server.change("configuration", CONFIGURATION["serial"], sold_on="2024-01-31")
    (row,) = pdm_server.read("configuration", after)
    assert row["document"]["sold_on"] == "2024-01-31"


def test_loading_the_same_again_is_no_change(pdm_server):
    pdm_server.load("owner", owner(1), owner(2))
    after = last_cursor(pdm_server, "owner")
    assert after == {"after": 2}
    pdm_server.load("owner", owner(1), owner(2, phone="021-1111 1111"), owner(3))
    assert [row["origin"] for row in pdm_server.read("owner", after)] == ["owner,OW00002", "owner,OW00003"]


def test_a_service_that_gives_fewer_rows_than_asked_for_is_read_to_its_end(pdm_server):
    pdm_server.load("owner", *(owner(n) for n in range(4500)))
    with closing(pdm_server.connect(batch_rows=10_000)) as connector:
        sizes = [batch.table.num_rows for batch in connector.read("owner", None)]
    assert sizes == [2000, 2000, 500]


def test_twenty_thousand_rows_in_seconds_and_flat_memory(pdm_server, record_property):
    pdm_server.load("owner", *(owner(n) for n in range(20_000)))
    memory, rows, peak, settled = psutil.Process().memory_info, 0, 0, 0
    started = time.monotonic()
    with closing(pdm_server.connect(batch_rows=2000)) as connector:
        for number, batch in enumerate(connector.read("owner", None)):
            rows += batch.table.num_rows
            peak = max(peak, memory().rss)
            settled = peak if number == 2 else settled
    seconds = time.monotonic() - started
    grown = (peak - settled) / 1024**2
    record_property("seconds", seconds)
    record_property("MiB", grown)
    assert rows == 20_000
    assert seconds < 60
    assert grown < 25


def test_a_killed_server_comes_back_with_everything(tmp_path):
    server = PdmServer(tmp_path)
    server.start()
    server.load("owner", *(owner(n) for n in range(10)))
    after = last_cursor(server, "owner")
    server.change("owner", "OW00004", city="苏州")
    server.stop(signal.SIGKILL)
    server.start()
    try:
        assert [row["document"]["city"] for row in server.read("owner", after)] == ["苏州"]
        assert len(server.read("owner")) == 10
    finally:
        assert server.stop(signal.SIGTERM) == 0


def test_a_landscape_comes_back_as_it_was_loaded(pdm_server):
    landscape = generate(200, seed=11)
    wanted = {
        "owner": list(landscape_pdm.owners(landscape)),
        "item": list(landscape_pdm.item_documents()),
        "customer_part": list(landscape_pdm.customer_parts(landscape)),
        "configuration": list(landscape_pdm.configurations(landscape)),
    }
    for stream, documents in wanted.items():
        pdm_server.load(stream, *documents)
        rows = pdm_server.read(stream)
        assert all(row["defect"] is None for row in rows)
        without = [{name: v for name, v in row["document"].items() if name != "modified"} for row in rows]
        assert without == [{name: v for name, v in d.items() if name != "modified"} for d in documents]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"time_zone": "Asia/Atlantis"}, "no time zone"),
        ({"password_type": "text", "url": "http://pdm.example.com/pdm"}, "https"),
        ({"url": "https://hub:secret@pdm.example.com/pdm"}, "url"),
        ({"url": "https://pdm.example.com/pdm?wsdl"}, "url"),
        ({"batch_rows": 0}, "batch_rows"),
    ],
)
def test_options_that_cannot_be_right_are_refused(options, told):
    known = {"url": "https://pdm.example.com/pdm", "username": "hub", "password": "pw-17", "time_zone": "UTC"}
    SoapPdm.Config(**known)
    with pytest.raises(ValidationError) as caught:
        SoapPdm.Config(**{**known, **options})
    assert told in str(caught.value)
    assert "pw-17" not in str(caught.value)


def test_the_server_process_shows_no_password(pdm_server):
    assert "pässword" not in " ".join(psutil.Process(pdm_server.process.pid).cmdline())
