"""Whatever is wrong with a file is said in one sentence, with what to do about it."""

from __future__ import annotations

import io
import os
import time
import zipfile

import pytest
from openpyxl import Workbook

from hub.errors import HubError
from hub.survey import files, survey
from hub.survey.files import open_extract

HEADER = "客户编码,客户名称,电话\n"
GOOD = HEADER + "C1,深圳市华强电子有限公司,0755-26988888\nC2,上海宏达贸易有限公司,021-62345678\n"


def workbook(*rows: tuple[str, ...], merged: str = "") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)

BAD = {
    "empty.csv": (b"", "the file is empty", "Export it again"),
    "blank.csv": (b"\n \n", "the file is empty", "Export it again"),
    "header_only.csv": (HEADER.encode(), "no row below the header", "Export it again"),
    "letter.txt": (b"Dear Sir,\nwe thank you for your order\nand remain.\n", "not a table", "XLSX or CSV"),
    "data.json": (b'{"name": "Huaqiang", "phone": "1"}\n', "not a table", "XLSX or CSV"),
    "picture.csv": (bytes(range(256)) * 20, "no", "CSV in UTF-8"),
    "protected.xlsx": (OLE, "protected with a password", "without a password"),
    "cut.xlsx": (workbook(("名称", "电话"), ("甲", "1"))[:-200], "damaged or cut off", "sent again"),
    "merged.xlsx": (workbook(("客户", "", "电话"), ("甲", "乙", "1"), merged="A1:B1"), "merged cells A1:B1", "Unmerge"),
    "twice.csv": (b"name,name,phone\na,b,1\nc,d,2\n", "the column 'name' twice", "name of its own"),
    "title.csv": ("客户清单,,\n编码,名称,电话\n1,甲,2\n".encode(), "no name for column 2", "no title rows"),
    "mixed.csv": ((GOOD * 9000).encode() + "深圳".encode("gb18030") + b",x,y\n", "is not", "as UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_sentence_what_and_what_to_do(tmp_path, name):
    content, what, remedy = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(HubError) as caught:
        survey([path])
    assert name in caught.value.what
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "connection document" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_exit_codes_are_those_of_the_command_line(run, tmp_path):
    missing = run(tmp_path / "nothing.csv")
    assert missing.returncode == 2
    assert "There is no file" in missing.stderr
    (tmp_path / "empty.csv").write_bytes(b"")
    empty = run(tmp_path / "empty.csv")
    assert empty.returncode == 1
    assert "empty.csv: the file is empty" in " ".join(empty.stderr.split())
    assert "Traceback" not in missing.stderr + empty.stderr
    (tmp_path / "good.csv").write_text(GOOD)
    assert run(tmp_path / "good.csv", tmp_path / "good.csv").returncode == 2
    nowhere = run(tmp_path / "good.csv", "--html", tmp_path / "no" / "page.html")
    assert nowhere.returncode == 1
    assert "cannot be written" in nowhere.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_encoding_and_delimiter_is_read(tmp_path, encoding, delimiter):
    path = tmp_path / "x.csv"
    path.write_bytes(GOOD.replace(",", delimiter).encode(encoding))
    extract = open_extract(path)
    assert extract.columns == ["客户编码", "客户名称", "电话"]
    assert extract.rows[1] == ["C2", "上海宏达贸易有限公司", "021-62345678"]


@pytest.mark.parametrize(
    ("encoding", "row"),
    [("big5", "1,高雄市東風貿易有限公司,07-3456789"), ("shift_jis", "1,株式会社トヨタ商事,03-1234-5678"),
     ("cp1252", "1,Müller Maschinenbau GmbH Köln,0221 9876543")],
)  # fmt: skip
def test_foreign_encodings_are_told_apart(tmp_path, encoding, row):
    path = tmp_path / "x.csv"
    path.write_bytes(("no,name,phone\n" + f"{row}\n" * 5).encode(encoding))
    assert open_extract(path).rows[0] == row.split(",")


def test_a_bad_row_does_not_hold_the_good_ones(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(GOOD + "C3,too,many,cells\n" + "C4,苏州远大机械有限公司,0512-62345678\n")
    extract = open_extract(path)
    assert len(extract.rows) == 3
    assert extract.unreadable == {"column_count": 1}
    assert extract.numbers == [2, 3, 5]


def test_a_huge_file_is_sampled_in_bounded_memory_and_the_report_says_so(tmp_path):
    """Five gigabytes on paper: the file is sparse between its good parts, as far as the disk is concerned."""
    path = tmp_path / "huge.csv"
    block = "".join(f"C{n},深圳市华强电子{n}有限公司,0755-2{n % 10_000_000:07d}\n" for n in range(9000)).encode()
    size = 5 << 30
    with path.open("wb") as file:
        file.write(HEADER.encode() + block)
        for part in range(1, files.SAMPLE_PARTS):
            file.seek((size - files.PART_BYTES) // files.SAMPLE_PARTS * part // 2 * 2)
            file.write(block[: files.PART_BYTES])
        file.truncate(size - files.PART_BYTES)
        file.seek(0, os.SEEK_END)
    started = time.monotonic()
    extract = open_extract(path)
    assert time.monotonic() - started < 120
    assert extract.sampled.startswith("5.0 GiB: 0.5% of it is read")
    assert len(extract.rows) > 100_000
    assert not extract.unreadable


def test_a_workbook_that_would_not_fit_into_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range((files.MAX_SHEET_BYTES >> 24) + 1):
            part.write(bytes(1 << 24))
    with pytest.raises(HubError, match="too large to open"):
        open_extract(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-16"])
def test_a_sample_consists_of_whole_rows_in_every_encoding(tmp_path, monkeypatch, encoding):
    monkeypatch.setattr(files, "WHOLE_BYTES", 10_000)
    monkeypatch.setattr(files, "PART_BYTES", 2_000)
    monkeypatch.setattr(files, "SAMPLE_PARTS", 16)
    path = tmp_path / "x.csv"
    path.write_bytes(
        (HEADER + "".join(f"C{n:05d},深圳市华强{n}有限公司,0755-26{n:06d}\n" for n in range(5000))).encode(encoding)
    )
    extract = open_extract(path)
    assert extract.sampled
    assert not extract.unreadable
    assert len(extract.rows) > 200
    assert len({row[0] for row in extract.rows}) == len(extract.rows)
    assert all(row[2] == f"0755-26{int(row[0][1:]):06d}" for row in extract.rows)
