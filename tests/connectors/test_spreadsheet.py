import datetime as dt
import io
from contextlib import suppress

import openpyxl
import pytest

from connectors.transport.records import UnreadableFileError
from connectors.transport.spreadsheet import read_spreadsheet


def workbook(*rows, merge=None, title="经销商"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content, **options):
    return read_spreadsheet(io.BytesIO(content), **options)


def outcomes(table):
    return [(r.row, r.defect.code if r.defect else r.document) for r in table.records]


def defect_of(content, **options):
    with pytest.raises(UnreadableFileError) as caught:
        list(read(content, **options).records)
    return caught.value.defect


def test_cells_are_the_text_excel_shows():
    content = workbook(
        ["Dealer No", "税号", "电话", "开业", "更新", "比例", "活跃", "空"],
        [
            "D1",
            914403001922038216,
            13812345678,
            dt.date(2026, 11, 1),
            dt.datetime.fromisoformat("2026-11-01T08:30"),
            0.3,
            True,
            None,
        ],
        ["D2", "91440300192203821X", "0755-2345", None, None, 1e-3, False, "x"],
    )
    (_, first), (_, second) = outcomes(read(content))
    assert first == {
        "Dealer No": "D1",
        "税号": "914403001922038000",
        "电话": "13812345678",
        "开业": "2026-11-01",
        "更新": "2026-11-01T08:30:00",
        "比例": "0.3",
        "活跃": "TRUE",
        "空": "",
    }
    assert (second["税号"], second["比例"], second["空"]) == ("91440300192203821X", "0.001", "x")


def test_rows_are_counted_as_excel_counts_them():
    content = workbook(["Dealer list 2026"], [], ["a", "b"], [1, 2], [], [3, 4], merge="A1:B1")
    table = read(content, header_row=3)
    assert outcomes(table) == [(4, {"a": "1", "b": "2"}), (6, {"a": "3", "b": "4"})]


def test_a_table_that_does_not_begin_in_column_a():
    content = workbook([None, "a", "b"], [None, 1, 2], [None, 1, 2, "note"])
    assert outcomes(read(content)) == [(2, {"a": "1", "b": "2"}), (3, "column_count")]


def test_a_merged_header_names_the_cells():
    defect = defect_of(workbook(["编号", "联系", None, "x"], ["", "电话", "邮箱", ""], merge="B1:C1"))
    assert defect.code == "merged_header"
    assert "B1:C1" in defect.message
    assert "B1:C1" in defect.remedy
    assert "经销商" in defect.message


def test_merged_cells_below_the_header_do_not_matter():
    assert outcomes(read(workbook(["a", "b"], ["x", None], merge="A2:B2"))) == [(2, {"a": "x", "b": ""})]


def test_sheets_by_name():
    content = workbook(["a"], [1])
    assert outcomes(read(content, sheet="经销商")) == [(2, {"a": "1"})]
    defect = defect_of(content, sheet="Dealers")
    assert (defect.code, "经销商" in defect.message) == ("missing_sheet", True)


def test_bad_headers():
    assert defect_of(workbook(["a", "a"], [1, 2])).code == "duplicate_header"
    assert defect_of(workbook(["a", None, "b"], [1, 2, 3])).code == "empty_header"
    assert defect_of(workbook()).code == "empty_file"
    assert defect_of(workbook(["a"], [1]), header_row=9).code == "empty_file"


def test_other_files_are_no_spreadsheets():
    assert defect_of(b"a,b\n1,2\n").code == "not_a_spreadsheet"
    assert defect_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)).code == "not_a_spreadsheet"


def test_a_file_cut_anywhere_is_one_clear_defect():
    content = workbook(["编号", "名称"], *[[f"D{n}", f"客户{n}"] for n in range(50)])
    for length in range(0, len(content), 97):
        assert defect_of(content[:length]).code == "truncated_file"


def test_a_file_damaged_anywhere_never_breaks_the_reader():
    content = workbook(["编号", "名称"], *[[f"D{n}", f"客户{n}"] for n in range(50)])
    for place in range(0, len(content), 41):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        with suppress(UnreadableFileError):
            list(read(bytes(damaged)).records)
