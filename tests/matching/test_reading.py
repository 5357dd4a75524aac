"""Labelled files as people have them: encodings, delimiters, types of Parquet; and what is wrong, in one sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.errors import HubError, UsageError
from hub.matching.reading import read_records
from tests.matching.conftest import Write

HEADER = ("公司名称", "联系电话", "地址", "统一社会信用代码")
ROWS = (
    ("深圳市华强电子有限公司", "0755-26988888", "广东省深圳市南山区科技园南路1号", "91440300192203821U"),
    ("  深圳华强电子 ", "26988888", "", "91440300192203821U"),
    ("上海宏达贸易有限公司", "", "上海市浦东新区张杨路500号,一层", ""),
)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_encoding_and_delimiter(write: Write, encoding: str, delimiter: str) -> None:
    records = read_records(write(HEADER, ROWS, encoding=encoding, delimiter=delimiter))
    assert list(records.columns) == list(HEADER)
    assert records.columns["公司名称"].to_pylist() == [row[0].strip() for row in ROWS]
    assert records.columns["地址"].to_pylist() == [ROWS[0][2], None, ROWS[2][2]]
    assert records.ids.to_pylist() == ["r0", "r1", "r2"]
    assert records.truth[0] == records.truth[1] != records.truth[2]


def test_numbers_stay_as_they_are_written_and_cells_may_have_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('\nrec_id, truth ,zip,note\n01,a,00123,"two\nlines"\n1,a,1e5,NA\n')
    records = read_records(path)
    assert records.ids.to_pylist() == ["01", "1"]
    assert records.columns["zip"].to_pylist() == ["00123", "1e5"]
    assert records.columns["note"].to_pylist() == ["two\nlines", "NA"]


def test_an_empty_truth_is_unknown(write: Write) -> None:
    records = read_records(write(("name",), [["a"], ["b"], ["c"]], truth=["x", "", " "]))
    assert records.truth.tolist() == [0, -1, -1]


def test_rows_of_another_width_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("rec_id,truth,name\n1,a,Hall\n2,a\n3,b,Dean,x\n4,b,Dean\n")
    records = read_records(path)
    assert records.ids.to_pylist() == ["1", "4"]
    assert records.warnings == ("2 rows are left out: they do not have 3 cells",)


def test_types_of_parquet_are_written_as_a_person_would(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table(
        {
            "rec_id": pa.array([1, 2]),
            "truth": pa.array(["a", "a"]).dictionary_encode(),
            "zip": pa.array([60612.0, None]),
            "height": pa.array([1.5, 2.0]),
            "born": pa.array([dt.date(1990, 5, 12), None]),
            "at": pa.array([dt.date(2024, 1, 5), dt.date(2024, 1, 6)]).cast(pa.timestamp("us")),
            "phones": pa.array([["5346857", "9287085"], None]),
            "point": pa.array([{"x": 1}, {"x": 2}]),
        }
    )
    pq.write_table(table, path)
    records = read_records(path)
    assert {name: texts.to_pylist() for name, texts in records.columns.items()} == {
        "zip": ["60612", None], "height": ["1.5", "2"], "born": ["1990-05-12", None],
        "at": ["2024-01-05", "2024-01-06"], "phones": ["5346857; 9287085", None],
    }  # fmt: skip
    assert records.ids.to_pylist() == ["1", "2"]
    assert records.warnings == ("column point is left out: struct<x: int64> is no text",)


BAD = {
    "no truth": ("rec_id,name\n1,a\n2,b\n", "no column 'truth', only rec_id, name", "known entity truth"),
    "no rec_id": ("id,truth\n1,a\n2,b\n", "no column 'rec_id', only id, truth", "id of each record rec_id"),
    "twice": ("rec_id,truth\n1,a\n1,a\n2,b\n2,b\n", "2 values of rec_id stand more than once, '1'", "id of its own"),
    "no id": ("rec_id,truth,n\n1,a,x\n,a,y\n", "1 records have no rec_id", "id of its own"),
    "same header": ("rec_id,truth,name,name\n1,a,x,y\n", "the column 'name' is there twice", "name of its own"),
    "no rows": ("rec_id,truth,name\n", "there is no record in it", "Export it again"),
    "empty": ("", "neither Parquet nor a table", "CSV in UTF-8 or as Parquet"),
    "letter": ("Dear Sir,\nwe thank you.\nand remain\n", "neither Parquet nor a table", "as Parquet"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, what, remedy = BAD[name]
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(HubError) as caught:
        read_records(path)
    assert caught.value.what.startswith("bad.csv: ")
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_damaged_files_and_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "cut.parquet").write_bytes(b"PAR1\x00\x00")
    with pytest.raises(HubError, match=r"cut\.parquet: cannot be read"):
        read_records(tmp_path / "cut.parquet")
    mixed = tmp_path / "mixed.csv"
    rows = "".join(f"{n},{n},深圳市华强电子有限公司\n" for n in range(20_000))
    mixed.write_bytes(b"rec_id,truth,name\n" + rows.encode() + "x,x,深圳\n".encode("gb18030"))
    with pytest.raises(HubError, match=r"mixed\.csv: cannot be read .*Export the file again"):
        read_records(mixed)
    with pytest.raises(UsageError, match="There is no file"):
        read_records(tmp_path / "nothing.csv")
    with pytest.raises(HubError, match="cannot be read"):
        read_records(tmp_path)
