"""A frame comes out of the staging table as it went in; nothing is lost between COPY's quotes."""

import polars as pl
import psycopg
import pytest
from sqlalchemy import text

from hub.store import staging
from hub.store.database import make_engine

PAYLOAD = '{"names":[{"text":"a\\"b\\\\c, 深圳\\n"}]}'
ROWS = [
    (0, "item", "part", "7", "", "", PAYLOAD, "ab"),
    (3, "party", "customer", 'quote"comma,\ttab\nline\r\\N', "HUB-1", '{"a":  1}', '{"model":1}', ""),
    (3, "party", "\x01control\x01,\x01", "\x01", "\x01\x01", "", "{}", "h"),
    (4, "holding", "", "\\.", "\\N", "NULL", "{}", "𠮷"),
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
    assert staging.stage(connection, frame(ROWS).with_columns(other=1)) == len(ROWS)
    columns = "row_no, entity, record_type, key, correlation, token, hash"
    query = f"select {columns} from staged"  # noqa: S608 - our own columns
    assert sorted(tuple(row) for row in connection.execute(text(query))) == sorted((*row[:6], row[7]) for row in ROWS)
    expected = 'a"b\\c, 深圳\n'
    assert (
        connection.execute(text("select payload #>> '{names,0,text}' from staged where row_no = 0")).scalar_one()
        == expected
    )


def test_many_rows_in_several_writes_and_none(connection):
    count = staging.ROWS_A_WRITE * 2 + 1
    assert staging.stage(connection, frame(ROWS).head(0).cast({"row_no": pl.Int64})) == 0
    texts = {"entity": "item", "record_type": "part", "correlation": "", "token": "", "payload": "{}", "hash": "h"}
    many = pl.DataFrame({"row_no": range(count)}).with_columns(key=pl.col("row_no").cast(pl.String))
    assert (
        staging.stage(connection, many.with_columns(pl.lit(value).alias(name) for name, value in texts.items()))
        == count
    )
    assert connection.execute(text("select count(*), sum(row_no) from staged")).one() == (
        count,
        count * (count - 1) // 2,
    )


def test_a_null_is_refused(connection):
    with pytest.raises(psycopg.errors.NotNullViolation):
        staging.stage(connection, frame([(0, "item", "part", None, "", "", "{}", "")]))
