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


def classed(data_class: DataClass, **kwargs: Any) -> Any:
    """Declare a dataclass field with its data class; other arguments are those of :func:`dataclasses.field`."""
    return field(metadata={"data_class": data_class}, **kwargs)


def data_classes(content: type) -> dict[str, DataClass]:
    """Tell the data class of every attribute of a canonical content type that holds data about somebody."""
    return {f.name: f.metadata["data_class"] for f in fields(content) if "data_class" in f.metadata}
