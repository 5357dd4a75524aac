"""Reading by column gives what reading row by row gives: the same tables, defects, places."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.sftp_files import reading
from connectors.sftp_files.batcher import Batcher
from connectors.sftp_files.config import StreamConfig
from connectors.sftp_files.place import Place
from connectors.transport import delimited
from connectors.transport.records import Rows
from connectors.transport.sftp import RemoteFile
from connectors.transport.well_formed import read_well_formed

LINES = st.lists(
    st.sampled_from(["1,2", "上海,宏达", '"a,b",c', '"say ""hi""",x', '"two\nlines",y', '""', "", ",", ",,", '"oops,1',
                     'x"y,2', '"x"y,2', "\ufeffa,b", " ,  ", "NULL,nan", '"",""', "𠮷,é", "\r", "a\rb,c", "'a','b"]),
    max_size=12,
)  # fmt: skip


def batches(content, encoding, place, size=3):
    """What the connector makes of a file."""
    file = RemoteFile("f.csv", len(content), 1)
    options = StreamConfig(pattern="*", format="csv", encoding=encoding)
    table, failed = reading.open_file(file, io.BytesIO(content), options)
    batcher = Batcher("rows", size)
    start, finished = (place(file), Place().finished(file, failed=failed))
    found = [*reading.read_file(file, options, table, batcher, start, finished), *batcher.rest()]
    return [(batch.table.schema, batch.table.to_pylist(), batch.cursor) for batch in found]


@settings(max_examples=400, deadline=None)
@given(
    lines=LINES,
    columns=st.sampled_from(["a", "a,b", "a,b,c"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    end=st.sampled_from([b"", b"\n", b"\xe4"]),
    block=st.sampled_from([1, 7, 40, 1000]),
    reached=st.integers(0, 8),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "utf-16"]),
)
@example(['""'], "a", "\n", b"\n", 1000, 0, "utf-8")
@example(["\ufeffa,b"], "a,b", "\n", b"\n", 1000, 0, "utf-8")
def test_by_column_as_row_by_row(lines, columns, newline, end, block, reached, encoding):
    content = newline.join([columns, *lines]).encode(encoding) + end

    def place(file):
        return Place().reading(file, reached) if reached else Place()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK", block)
        by_column = batches(content, encoding, place)
        patch.setattr(delimited, "read_well_formed", lambda *_: None)
        assert by_column == batches(content, encoding, place)


def test_a_cell_longer_than_csv_takes_is_no_well_formed_one():
    assert read_well_formed(f"{'x' * csv.field_size_limit()},1\n", ["a", "b"], ",") is not None
    assert read_well_formed(f"{'x' * (csv.field_size_limit() + 1)},1\n", ["a", "b"], ",") is None


def test_a_delimiter_that_arrow_does_not_take_is_left_to_csv():
    for delimiter in ("\0", "。"):
        table = delimited.read_delimited(io.BytesIO(b"a\n1\n"), encoding="utf-8", delimiter=delimiter)
        assert [record.document for record in table.records] == [{"a": "1"}]


def test_ordinary_files_are_read_by_column_and_one_bad_row_costs_its_block_alone():
    rows = "".join(f'"上海, {n}",{n}\n' for n in range(60_000))
    table = delimited.read_delimited(io.BytesIO(f"a,b\n{rows}bad\n".encode()), encoding="utf-8")
    parts = list(table.parts)
    assert sum(len(part.documents) for part in parts if isinstance(part, Rows)) > 30_000
    assert parts[-1].defect.code == "column_count"
    assert parts[-1].row == 60_002
