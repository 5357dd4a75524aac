import csv
import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.delimited import read_delimited
from connectors.transport.records import UnreadableFileError

LONG_ZH = "客户编码,客户名称\nD1,上海宏达机电设备有限公司\nD2,北京东方精密仪器有限公司\n"


def read(content, encoding="utf-8", **options):
    return read_delimited(io.BytesIO(content), encoding=encoding, **options)


def outcomes(table):
    return [(r.row, r.defect.code if r.defect else r.document) for r in table.records]


def defect_of(content, encoding="utf-8", **options):
    with pytest.raises(UnreadableFileError) as caught:
        read(content, encoding, **options)
    return caught.value.defect


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_chinese_in_every_declared_encoding(encoding):
    table = read(LONG_ZH.encode(encoding), encoding)
    assert outcomes(table)[0] == (2, {"客户编码": "D1", "客户名称": "上海宏达机电设备有限公司"})
    assert [field.name for field in table.document_type] == ["客户编码", "客户名称"]


def test_traditional_chinese_in_big5():
    assert outcomes(read("編號,名稱\nD1,臺北精密\n".encode("big5"), "big5")) == [
        (2, {"編號": "D1", "名稱": "臺北精密"})
    ]


def test_rare_characters_of_gb18030():
    assert outcomes(read("n\n𠮷㐂🏭\n".encode("gb18030"), "gb18030")) == [(2, {"n": "𠮷㐂🏭"})]


def test_byte_order_mark_is_no_part_of_the_first_column():
    assert outcomes(read("\ufeffa,b\n1,2\n".encode())) == [(2, {"a": "1", "b": "2"})]
    assert outcomes(read("\ufeffa\n1\n".encode("gb18030"), "gb18030")) == [(2, {"a": "1"})]


def test_quoted_line_breaks_and_delimiters_stay_in_their_cell():
    table = read(b'a;b\r\n"x;\r\ny";"say ""hi"""\r\n\r\n1;2\r\n', delimiter=";")
    assert outcomes(table) == [(2, {"a": "x;\r\ny", "b": 'say "hi"'}), (4, {"a": "1", "b": "2"})]


def test_header_further_down():
    assert outcomes(read(b"Dealers 2026\n\na,b\n1,2\n", header_row=3)) == [(4, {"a": "1", "b": "2"})]


def test_rows_with_another_number_of_cells_do_not_hold_the_others():
    assert outcomes(read(b"a,b\n1,2\n1\n1,2,3\n3,4\n")) == [
        (2, {"a": "1", "b": "2"}),
        (3, "column_count"),
        (4, "column_count"),
        (5, {"a": "3", "b": "4"}),
    ]


def test_a_stray_quote_does_not_swallow_the_rows_after_it():
    content = b'a,b\n1,2\n"oops,2\n3,4\n5,6\n'
    assert outcomes(read(content)) == [
        (2, {"a": "1", "b": "2"}),
        (3, "bad_quoting"),
        (4, {"a": "3", "b": "4"}),
        (5, {"a": "5", "b": "6"}),
    ]
    assert [row for row, _ in outcomes(read(b'a,b\n"x"y,2\n3,4\n'))] == [2, 3]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n3", b'a,b\n1,2\n3,"4', b"a,b\n1,2\n3,\xe4\xb8"])
def test_a_last_row_that_is_cut_off_is_a_defect(content):
    assert outcomes(read(content)) == [(2, {"a": "1", "b": "2"}), (3, "truncated_row")]


def test_a_gb18030_file_cut_in_a_character_keeps_its_other_rows():
    content = LONG_ZH.encode("gb18030").rstrip(b"\n")[:-1]
    assert [row for _, row in outcomes(read(content, "gb18030"))][1] == "truncated_row"


def test_a_missing_newline_at_the_end_is_no_defect():
    assert outcomes(read(b"a,b\n1,2")) == [(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    ("content", "declared", "looks_like"),
    [
        (LONG_ZH.encode("gb18030"), "utf-8", "gb18030"),
        (LONG_ZH.encode(), "gb18030", "utf-8"),
        (LONG_ZH.encode(), "latin-1", "utf-8"),
        (LONG_ZH.encode("utf-16"), "utf-8", "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-8", "utf-16"),
    ],
)
def test_a_wrongly_declared_encoding_is_one_clear_defect(content, declared, looks_like):
    defect = defect_of(content, declared)
    assert defect.code == "bad_encoding"
    assert declared in defect.message
    assert looks_like in defect.message
    assert looks_like in defect.remedy


def test_a_bad_byte_is_located():
    content = b"a,b\n" + b"1,2\n" * 300_000 + b"1,\xff\n"
    defect = defect_of(content)
    assert f"byte {len(content) - 2} in line 300002" in defect.message


def test_bad_headers():
    assert defect_of("编码,名称,编码\n".encode()).code == "duplicate_header"
    assert defect_of(b"a,,b\n1,2,3\n").code == "empty_header"
    assert defect_of(b"").code == "empty_file"
    assert defect_of(b'"a,b\n').code == "bad_quoting"


def test_a_file_with_a_header_alone_has_no_rows():
    assert outcomes(read(b"a,b\n")) == []


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])), min_size=2, max_size=2
        )
    )
)
def test_what_the_csv_module_writes_is_read_back(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *rows])
    table = read(text.getvalue().encode())
    assert [list(record.document.values()) for record in table.records] == rows


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    for encoding in ("utf-8", "gb18030", "utf-16"):
        with suppress(UnreadableFileError):
            assert all((r.document is None) != (r.defect is None) for r in read(b"a,b\n" + content, encoding).records)


def test_memory_stays_flat(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("w", encoding="gb18030") as file:
        file.write("编码,名称,地址\n")
        file.writelines(f"D{n},上海宏达机电设备有限公司{n},上海市浦东新区张江路{n}号\n" for n in range(300_000))
    with path.open("rb") as file:
        tracemalloc.start()
        count = sum(1 for _ in read_delimited(file, encoding="gb18030").records)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 300_000
    assert peak < 8_000_000
