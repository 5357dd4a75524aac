"""Read well-formed delimited text by column, to exactly what reading it row by row gives.

Well-formed is what leaves no question: every quote opens a cell, closes it or is doubled inside it, every row has a
cell for each column, no row is blank, lines end alike. Whoever reads a block that is not gets ``None`` and reads the
rows one by one, for only that tells which of them is wrong and why.
"""

import csv
import io
import re
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv


def read_well_formed(block: str, columns: list[str], delimiter: str) -> pa.StructArray | None:
    r"""Read a block of whole rows.

    Args:
        block: begins with a row and ends with one, the last perhaps without a line end; not empty.
        columns: names of the columns, no two alike.
        delimiter: one character.

    Returns:
        One document a row, every cell text; ``None`` if the block is not well-formed.

    Example:
        >>> read_well_formed('1,"a\n""b"" c"\n2,d\n', ["n", "t"], ",").to_pylist()
        [{'n': '1', 't': 'a\n"b" c'}, {'n': '2', 't': 'd'}]
        >>> read_well_formed('1,"a" b\n', ["n", "t"], ",") is None
        True
    """
    if not _is_regular(block, delimiter):
        return None
    try:
        data = block.encode()
        table = arrow_csv.read_csv(
            io.BytesIO(data),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=columns),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char='"' if '"' in block else False, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):  # a row has more cells or fewer; half a character
        return None
    cells: list[Any] = [column.combine_chunks() for column in table.columns]
    if any(_has_endless(column) for column in cells):
        return None
    return pa.StructArray.from_arrays(cells, columns)


def _has_endless(column: pa.StringArray) -> bool:
    """Return whether a cell may be longer than csv takes; most columns are shorter as a whole."""
    limit = csv.field_size_limit()
    return column.nbytes > limit and (pc.max(pc.binary_length(column)).as_py() or 0) > limit


def _is_regular(block: str, delimiter: str) -> bool:
    """Return whether quotes and line ends leave no question; how many cells a row has is not asked here.

    Arrow takes one byte as delimiter, and no byte order mark for text.
    """
    if not delimiter.isascii() or delimiter in '"\r\n\0' or block.startswith("\ufeff"):
        return False
    outside = _quoted_cell(delimiter).sub("''", f"\n{block}") if '"' in block else f"\n{block}"
    if '"' in outside:
        return False
    if "\r" in outside:
        outside = outside.replace("\r\n", "\n")
    return "\r" not in outside and "\n\n" not in outside


@cache
def _quoted_cell(delimiter: str) -> re.Pattern[str]:
    r"""Make the pattern of a whole quoted cell behind a delimiter or a line end.

    The first quote of a block either begins such a cell or is irregular, and so on behind each cell: when no quote is
    left after all are taken out, every quote was part of one. Nothing is tried twice (``*+``).

    Example:
        >>> _quoted_cell(",").sub("_", '\n"a,""b""\n",c"d,"e')
        '\n_,c"d,"e'
    """
    edge = re.escape(delimiter)
    return re.compile(rf'"(?<=[\n{edge}]")[^"]*+(?:""[^"]*+)*+"(?=[\r\n{edge}]|\Z)')
