"""The data class of an attribute: how carefully it must be handled."""

from __future__ import annotations

from dataclasses import field, fields
from enum import StrEnum
from typing import Any


class DataClass(StrEnum):
    """How carefully an attribute must be handled (GB/T 35273, PIPL art. 51)."""

    PUBLIC = "public"
    BUSINESS_CONTACT = "business_contact"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


def classed(data_class: DataClass, *, words: type[StrEnum] | None = None, added: bool = False, **kwargs: Any) -> Any:
    """Declare a dataclass field with its data class.

    Args:
        data_class: how carefully it must be handled.
        words: closed list of an attribute that is held as plain text.
        added: it joined a part of a record that is stored already; it is written only when it says something, so that
            what does not use it keeps its stored text and hash.
        kwargs: those of :func:`dataclasses.field`.
    """
    return field(metadata={"data_class": data_class, "words": words, "added": added}, **kwargs)


def data_classes(content: type) -> dict[str, DataClass]:
    """Tell the data class of every attribute of a canonical type."""
    return {f.name: f.metadata["data_class"] for f in fields(content)}
