"""Paging by key: a cursor says behind which item the next page begins, so that nothing is skipped or doubled."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from hub.web.api.problems import ApiError

Item = TypeVar("Item")
LARGEST_ID = 2**62
"""Above every number that the database gives out."""

Limit = Annotated[int, Query(ge=1, le=200, description="items of a page at most")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before; none for the first page")]


class Page(BaseModel, Generic[Item]):
    """One page; ``next`` is the cursor of the page behind it, ``null`` if there is none."""

    items: list[Item]
    next: str | None = Field(None, description="cursor of the next page")


def write(*key: int | str) -> str:
    """Make a cursor of the key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str, *types: type) -> list[Any] | None:
    """Read a cursor, ``None`` for the first page.

    >>> read(write("CM-1", 7), str, int)
    ['CM-1', 7]

    Raises:
        ApiError: 422, it is none of this list's cursors.
    """
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or [type(part) for part in key] != list(types) or _too_large(key):
        raise ApiError(422, "invalid", "The cursor is none of this list's", "Give `next` of a page as it is")
    return key


def page(found: Sequence[Item], limit: int, key: Callable[[Item], tuple[int | str, ...]]) -> Page[Item]:
    """Make a page of a list that was asked for one item more than the page holds."""
    items = list(found[:limit])
    return Page[Item](items=items, next=write(*key(items[-1])) if len(found) > limit else None)


def _too_large(key: list[Any]) -> bool:
    return any(isinstance(part, int) and not -LARGEST_ID <= part <= LARGEST_ID for part in key)
