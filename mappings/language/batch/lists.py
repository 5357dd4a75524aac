"""Lists of a frame taken apart into a row for every element, and put together again in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

OWNER = "@owner"
ELEMENT = "@element"


def list_of(elements: pl.Series, owners: pl.Series, count: int) -> pl.Series:
    """Make one list for every owner of elements that stand in the order of their owners.

    Args:
        elements: the elements.
        owners: number of the row each belongs to, ascending.
        count: number of rows; a row without elements has the empty list.
    """
    return lists_of(elements, np.bincount(owners.to_numpy(), minlength=count))


def lists_of(elements: pl.Series, lengths: npt.ArrayLike) -> pl.Series:
    """Make lists of elements that stand one behind the other.

    Args:
        elements: the elements.
        lengths: how many of them belong to each list.
    """
    offsets = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    values: pa.Array[Any] = elements.to_arrow(compat_level=pl.CompatLevel.newest())
    lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)
    return pl.Series(lists, dtype=pl.List(elements.dtype))


def only(frame: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """Keep the rows that are wanted; records are taken apart for it, which costs an eighth."""
    records = [s for s in frame if isinstance(s.dtype, pl.Struct) and s.dtype.fields and not s.null_count()]
    kept = frame.drop([s.name for s in records]).filter(wanted)
    return kept.hstack([s.struct.unnest().filter(wanted).to_struct(s.name) for s in records])


def distinct(parts: pl.DataFrame, identity: pl.Expr) -> pl.DataFrame:
    """Keep each element of an owner once, the first.

    Args:
        parts: columns :data:`OWNER`, ascending, and :data:`ELEMENT`.
        identity: what is equal for equal elements.
    """
    shared = parts[OWNER].is_duplicated()
    if not shared.any():
        return parts
    placed = parts.with_row_index("@place").filter(shared).select("@place", OWNER, identity.alias("@identity"))
    kept = (~shared).to_numpy(writable=True)
    kept[placed.unique(subset=[OWNER, "@identity"], keep="first")["@place"].to_numpy()] = True
    return parts.filter(pl.Series(kept))
