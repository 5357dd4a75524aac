"""The SCM's files: read by strict readers, nothing lost on the way."""

import csv
import io
import re
from pathlib import Path

import pytest
from pydifact.segmentcollection import Interchange
from python_calamine import CalamineWorkbook

from hub.demo.landscape import Landscape, addition, append_ship_to, generate, write_files
from hub.demo.landscape.documents import DEALER_COLUMNS, SHIP_TO_COLUMNS
from hub.demo.landscape.files import party_segments


@pytest.fixture(scope="module")
def folder(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scm")
    write_files(landscape, folder)
    return folder


def test_file_names(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "dealers_20261101.xlsx",
        "partin_20261101_01.edi",
        "shipto_20261101_01.csv",
    ]


def test_ship_to_rows_come_back_from_gb18030(folder: Path, landscape: Landscape) -> None:
    with (folder / "shipto_20261101_01.csv").open(encoding="gb18030", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert tuple(rows[0]) == SHIP_TO_COLUMNS
    assert rows[1:] == [list(row.values()) for row in landscape.ship_tos()]


def test_dealer_sheet_holds_texts_and_excels_numbers(folder: Path, landscape: Landscape) -> None:
    rows = CalamineWorkbook.from_path(str(folder / "dealers_20261101.xlsx")).get_sheet_by_name("Dealers").to_python()
    assert tuple(rows[0]) == DEALER_COLUMNS
    assert len(rows) - 1 == sum(1 for _ in landscape.dealers())
    for read, written in zip(rows[1:], landscape.dealers(), strict=True):
        for cell, value in zip(read, written.values(), strict=True):
            assert cell == (float(value) if isinstance(value, int) else value)
    assert any(isinstance(cell, float) for row in rows[1:] for cell in row), (
        "some identifiers and phones became numbers"
    )


@pytest.mark.filterwarnings("ignore")
def test_partner_interchange_is_well_formed_and_complete(folder: Path, landscape: Landscape) -> None:
    text = (folder / "partin_20261101_01.edi").read_text(encoding="utf-8")
    interchange = Interchange.from_str(text)
    messages = list(interchange.get_messages())
    glns, counted = [], 0
    for message in messages:
        glns += [segment.elements[1][0] for segment in message.segments if segment.tag == "NAD"]
        counted += 1
    assert glns == [party["gln"] for party in landscape.partners()]
    assert f"UNZ+{counted}+" in text
    bodies = re.findall(r"UNH\+(\w+)\+.*?UNT\+(\d+)\+(\w+)'", text, re.DOTALL)
    assert len(bodies) == counted
    for opened, count, closed in bodies:
        message = text[text.index(f"UNH+{opened}") : text.index(f"+{closed}'", text.index(f"UNH+{opened}") + 10)]
        assert opened == closed
        assert int(count) == message.count("'\n") + 1


def test_release_characters_and_long_names() -> None:
    party = {
        "gln": "6900000001233",
        "name": "O'Hara + Sons: Bearings? " * 3,
        "street": "中山路1号",
        "city": "深圳市",
        "subdivision": "",
        "postcode": "",
        "country": "CN",
        "tax_id": "",
        "internal_code": "P1",
        "contact": "",
        "phone": "+86-755-26988431",
        "email": "",
    }
    first, *rest = party_segments(party)
    assert first.startswith("NAD+BY+6900000001233::9++O?'Hara ?+ Sons?: Bearings?? O?'Hara ?+ S:ons?:")
    assert rest == ["RFF+IA:P1", "CTA+PD", "COM+?+86-755-26988431:TE"]


def test_large_streams_are_cut_into_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.demo.landscape.files._ShipToFiles.capacity", 50)
    monkeypatch.setattr("hub.demo.landscape.files._DealerFiles.capacity", 20)
    monkeypatch.setattr("hub.demo.landscape.files._PartnerFiles.capacity", 10)
    landscape = generate(200, 7)
    names = [path.name for path in write_files(landscape, tmp_path, date="20261102")]
    assert {"shipto_20261102_02.csv", "dealers_20261102_02.xlsx", "partin_20261102_02.edi"} <= set(names)
    rows = []
    for path in sorted(tmp_path.glob("shipto*.csv")):
        rows += list(csv.DictReader(path.read_text(encoding="gb18030").splitlines()))
    assert rows == list(landscape.ship_tos())


def test_tomorrows_file_brings_one_known_and_one_new_customer(landscape: Landscape) -> None:
    rows = list(csv.DictReader(io.StringIO(append_ship_to(landscape, 0).decode("gb18030"))))
    known, new = rows
    in_erp, _, _ = addition(landscape, 0)
    assert in_erp.ref in {document["code"] for document in landscape.erp()}
    assert known["客户名称"] == in_erp.customer.name
    codes = {code for d in landscape.erp() for code in (i["code"] for i in d["identifiers"])}
    assert known["统一社会信用代码"] in codes
    assert new["统一社会信用代码"] not in codes
    used = {row["客户编码"] for row in landscape.ship_tos()}
    assert used.isdisjoint({known["客户编码"], new["客户编码"]})
    assert append_ship_to(landscape, 1) != append_ship_to(landscape, 0)


def test_more_additions_than_there_are_customers_are_refused() -> None:
    with pytest.raises(ValueError, match="choose a smaller n"):
        append_ship_to(generate(50, 7), 1000)
