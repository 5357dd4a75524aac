"""A frame comes out of the staging table as it went in; nothing is lost between COPY's quotes."""

import polars as pl
import psycopg
import pytest
from sqlalchemy import text

from hub.store import staging
from hub.store.database import make_engine

PAYLOAD = '{"names":[{"text":"a\\"b\\\\c, 深圳\\n"}]}'
ROWS = [
    (0, "7", "", "", PAYLOAD, "ab"),
    (3, 'quote"comma,\ttab\nline\r\\N', "HUB-1", '{"a":  1}', '{"model":1}', ""),
    (4, "\\.", "\\N", "NULL", "{}", "𠮷"),
]


def frame(rows):
    return pl.DataFrame(rows, schema=list(staging.COLUMNS), orient="row")


@pytest.fixture
def connection(database):
    engine = make_engine(database.url)
    with engine.begin() as connection:
        staging.create(connection)
        yield connection
    engine.dispose()


def test_every_text_comes_back_as_it_was(connection):
    staging.stage(connection, frame(ROWS).with_columns(other=1))
    columns = "row_no, key, correlation, token, hash"
    query = f"select {columns} from staged order by row_no"  # noqa: S608 - our own columns
    assert [tuple(row) for row in connection.execute(text(query))] == [(*row[:4], row[5]) for row in ROWS]
    expected = 'a"b\\c, 深圳\n'
    assert (
        connection.execute(text("select payload #>> '{names,0,text}' from staged where row_no = 0")).scalar_one()
        == expected
    )


def test_many_rows_in_several_writes_and_none(connection):
    count = staging.ROWS_A_WRITE * 2 + 1
    staging.stage(connection, frame(ROWS).head(0).cast({"row_no": pl.Int64}))
    staging.stage(
        connection,
        pl.DataFrame({"row_no": range(count)}).with_columns(
            key=pl.col("row_no").cast(pl.String),
            correlation=pl.lit(""),
            token=pl.lit(""),
            payload=pl.lit("{}"),
            hash=pl.lit("h"),
        ),
    )
    assert connection.execute(text("select count(*), sum(row_no) from staged")).one() == (
        count,
        count * (count - 1) // 2,
    )


def test_a_null_is_refused(connection):
    with pytest.raises(psycopg.errors.NotNullViolation):
        staging.stage(connection, frame([(0, None, "", "", "{}", "")]))
