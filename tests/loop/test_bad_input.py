"""Bad input: one clear sentence that names system, stream, row and remedy; the other rows and files arrive."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from hub.cli.render import show_account
from hub.demo.landscape.documents import SHIP_TO_COLUMNS
from hub.pipeline.account import Account
from tests.loop.deliveries import (
    HONGDA,
    HUAQIANG,
    HUAQIANG_DEALER,
    LANTIAN_PARTNER,
    TIANYI_DEALER,
    YUANDA,
    YUANDA_PARTNER,
    csv_file,
    edi_file,
    xlsx_file,
)
from tests.loop.installation import SHIP_TOS, Installation

GOOD_CSV = ("shipto_20261031_01.csv", csv_file(HUAQIANG))
GOOD_XLSX = ("dealers_20261031.xlsx", xlsx_file(TIANYI_DEALER))
RENAMED = tuple("联系电话" if column == "电话" else column for column in SHIP_TO_COLUMNS)
GONE = tuple(column for column in SHIP_TO_COLUMNS if column != "电话")


def without_phone(row: dict[str, str], **other: str) -> dict[str, str]:
    return {column: value for column, value in row.items() if column != "电话"} | other


@dataclass(frozen=True)
class Case:
    name: str
    file: tuple[str, bytes]
    said: str
    arrives: tuple[str, ...] = ()


CASES = [
    Case(
        "a truncated CSV file",
        ("shipto_20261101_01.csv", csv_file(YUANDA, HONGDA)[:-60]),
        "scm.ship_tos rejected: the file ends in the middle of this row (shipto_20261101_01.csv:3). "
        "Have the whole file sent again",
        ("ship_to/S002",),
    ),
    Case(
        "a truncated spreadsheet",
        ("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER)[:-300]),
        "scm.dealers rejected: the workbook is damaged or cut off (dealers_20261101.xlsx). "
        "Have the whole file sent again",
    ),
    Case(
        "a truncated interchange",
        ("partin_20261101.edi", edi_file(YUANDA_PARTNER, LANTIAN_PARTNER)[:-80]),
        "scm.partners rejected: message 2 ends before its trailer UNT (partin_20261101.edi:10, UNT). "
        "Have the whole interchange sent again",
        ("partner/6901234567892",),
    ),
    Case(
        "a bad date",
        ("shipto_20261101_01.csv", csv_file({**YUANDA, "更新日期": "2026-13-45"}, HONGDA)),
        "scm.ship_tos rejected: the update date is a bad date (shipto_20261101_01.csv:2, 更新日期). "
        "Correct the date in the SCM, written as 2026-11-01, and export the row again",
        ("ship_to/S003",),
    ),
    Case(
        "a row with another column count",
        ("shipto_20261101_01.csv", csv_file(YUANDA, HONGDA).replace(b"021-58881234", b"021,58881234")),
        "scm.ship_tos rejected: the row has 17 cells, the header has 16 (shipto_20261101_01.csv:2). "
        "Quote cells that hold the delimiter or a line break in the source",
        ("ship_to/S003",),
    ),
    Case(
        "a file declared GB18030 that is UTF-8",
        ("shipto_20261101_01.csv", csv_file(YUANDA, encoding="utf-8")),
        "scm.ship_tos rejected: the file is declared gb18030, but byte 28 in line 1 is not; it looks like utf-8 "
        "(shipto_20261101_01.csv). If that is right, set encoding to utf-8 in the connection document, "
        "else have it sent as gb18030",
    ),
    Case(
        "a spreadsheet with a merged header",
        ("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER, merged="B1:C1")),
        "scm.dealers rejected: the header in row 1 of sheet 'Sheet' has merged cells B1:C1, so its columns have no "
        "names of their own (dealers_20261101.xlsx, B1:C1). Unmerge B1:C1 and name each column, or correct header_row "
        "in the connection document",
    ),
    Case(
        "a required column renamed",
        ("shipto_20261101_01.csv", csv_file(without_phone(YUANDA, 联系电话="021-58881234"), columns=RENAMED)),
        'scm.ship_tos rejected: scm / ship_tos: the required column "电话" is missing; it has "联系电话", which the '
        "mapping does not know (shipto_20261101_01.csv:2, 电话). Restore the column in the source, or write a new "
        "version of mapping scm.ship_tos (now version 1)",
    ),
    Case(
        "a required column gone",
        ("shipto_20261101_01.csv", csv_file(without_phone(YUANDA), columns=GONE)),
        'scm.ship_tos rejected: scm / ship_tos: the required column "电话" is missing '
        "(shipto_20261101_01.csv:2, 电话). Restore the column in the source, "
        "or write a new version of mapping scm.ship_tos (now version 1)",
    ),
    Case(
        "a file name without a date",
        ("shipto_november.csv", csv_file(YUANDA)),
        r"scm.ship_tos rejected: the file name does not fit the expression shipto_(\d{8}) (shipto_november.csv). "
        "Correct position in the connection document, or have the file renamed",
    ),
    Case(
        "an empty file",
        ("shipto_20261101_01.csv", b""),
        "scm.ship_tos rejected: the file has no header in row 1 (shipto_20261101_01.csv). "
        "Have the file sent again, or correct header_row in the connection document",
    ),
    Case(
        "a row without key",
        ("shipto_20261101_01.csv", csv_file({**YUANDA, "客户编码": "　"}, HONGDA)),
        "scm.ship_tos rejected: the row has no customer code (shipto_20261101_01.csv:2, 客户编码). "
        "Give the ship-to a customer code in the SCM and export it again",
        ("ship_to/S003",),
    ),
    Case(
        "a placeholder instead of a name",
        ("shipto_20261101_01.csv", csv_file({**YUANDA, "客户名称": "测试"}, HONGDA)),
        "scm.ship_tos quarantined: the party has no name (shipto_20261101_01.csv:2, name). "
        "Enter the registered name in the source",
        ("ship_to/S003",),
    ),
]


def told(account: Account) -> list[str]:
    """What a person reads."""
    out = io.StringIO()
    show_account(Console(file=out, width=80), account)
    return [line.strip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_clear_sentence(hub: Installation, case: Case) -> None:
    for name, content in (GOOD_CSV, GOOD_XLSX, case.file):
        hub.put(name, content)
    account = hub.sync()
    lines = told(account)
    assert [line for line in lines if line.startswith("1 scm")] == [f"1 {case.said}"]
    assert set(hub.live()) == {"ship_to/S001", "dealer/D-0018", *case.arrives}
    assert account.state == "green"  # every row has its fate: a refused one waits as a dead letter
    assert hub.server.files("in") == []
    assert len(hub.server.files("archive") + hub.server.files("failed")) == 3
    assert hub.sync().dead_letters == []


def test_declared_utf8_but_gb18030(hub: Installation) -> None:
    hub.edit("deploy/connections/scm.yaml", "encoding: gb18030", "encoding: utf-8")
    hub.apply()
    hub.put("shipto_20261101_01.csv", csv_file(YUANDA))
    hub.put("shipto_20261101_02.csv", csv_file(HONGDA, encoding="utf-8"))
    lines = told(hub.sync())
    assert (
        "1 scm.ship_tos rejected: the file is declared utf-8, but byte 0 in line 1 is not; it looks like gb18030 "
        "(shipto_20261101_01.csv). If that is right, set encoding to gb18030 in the connection document, "
        "else have it sent as utf-8"
    ) in lines
    assert set(hub.live()) == {"ship_to/S003"}


def test_a_file_that_no_longer_fits_is_one_sentence_however_long(hub: Installation) -> None:
    rows = [without_phone(HONGDA, 客户编码=f"S{n:03d}") for n in range(40)]
    hub.put("shipto_20261101_01.csv", csv_file(*rows, columns=GONE))
    account = hub.sync()
    [letter] = account.dead_letters
    assert (letter["count"], letter["cause"], letter["field"]) == (40, "contract", "电话")
    assert account.sources["scm"]["ship_tos"] == {"landed": 40, "rejected": 40}


def test_a_file_without_rows_is_no_news(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file())
    account = hub.sync()
    assert (account.state, account.dead_letters) == ("green", [])
    assert hub.server.files("archive") == ["shipto_20261101_01.csv"]


def test_a_new_column_nobody_knows_is_no_obstacle(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file({**YUANDA, "等级": "A"}, columns=(*SHIP_TO_COLUMNS, "等级")))
    assert hub.sync().sources["scm"]["ship_tos"] == {"landed": 1, "recorded": 1}


def test_a_mapping_that_fits_again_brings_the_refused_rows_through(hub: Installation) -> None:
    """The dead letters of a breach are replayed when the new version is applied; nobody sends the file again."""
    hub.put("shipto_20261101_01.csv", csv_file(without_phone(YUANDA, 联系电话="021-58881234"), columns=RENAMED))
    hub.sync()
    hub.edit(SHIP_TOS, "version: 1", "version: 2")
    hub.edit(SHIP_TOS, "邮编, 联系人, 电话", "邮编, 联系人, 联系电话")
    hub.edit(SHIP_TOS, 'row["电话"]', 'row["联系电话"]')
    hub.edit(SHIP_TOS, "      电话:", "      联系电话:")
    hub.edit(SHIP_TOS, ", 电话:", ", 联系电话:")
    assert hub.apply() == ["scm.ship_tos"]
    account = hub.sync()
    assert account.state == "green"
    assert account.sources["scm"]["ship_tos"] == {"landed": 0, "re-mapped recorded": 1}
    assert hub.live()["ship_to/S002"]["phones"][0]["number"] == "+862158881234"


def test_nothing_private_is_said_about_bad_rows(hub: Installation) -> None:
    for number, case in enumerate(CASES):
        name, content = case.file
        hub.put(name.replace("20261101", f"202611{number + 1:02d}"), content)
    said = "\n".join(told(hub.sync()))
    for value in ("上海远大", "58881234", "13912345678", "李建国", "世纪大道", "2026-13-45", "测试"):
        assert value not in said


def test_a_row_that_makes_one_record_twice_is_rejected_and_the_others_arrive(hub: Installation) -> None:
    again = 'emit:\n  - entity: item\n    record_type: ship_to\n    key: row["简称"]\n    code: row["简称"]\n'
    hub.edit(SHIP_TOS, "emit:\n", again)
    body = (hub.settings.project / SHIP_TOS).read_text(encoding="utf-8")
    hub.write(SHIP_TOS, body[: body.index("\ntests:")] + "\n")
    hub.apply()
    hub.put("shipto_20261101_01.csv", csv_file({**HUAQIANG, "简称": HUAQIANG["客户编码"]}, {**YUANDA, "简称": "远大"}))
    account = hub.sync()
    assert account.sources["scm"]["ship_tos"] == {"landed": 2, "recorded": 1, "rejected": 1}
    (letter,) = hub.rows("select cause, message, remedy from hub.dead_letter")
    assert tuple(letter.values()) == (
        "record_twice", "the mapping makes the same ship_to twice of this row",
        "Give each entry of emit a record_type or a key of its own",
    )  # fmt: skip
