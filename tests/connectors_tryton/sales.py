"""Orders for the tests, in the shape that the demo loads into its ERP."""

from __future__ import annotations

from typing import Any

LINE = {"item": "CP-080", "description": "离心泵 DN80", "quantity": "2", "unit": "台", "price": "1200.50"}


def an_order(reference: str, **values: Any) -> dict[str, Any]:
    """Describe an order of the party ``C-1``."""
    order = {"reference": reference, "party": "C-1", "state": "confirmed", "ordered_on": "2026-11-20", "lines": [LINE]}
    return {**order, **values}


def a_customer() -> dict[str, Any]:
    """Describe the party ``C-1``."""
    return {
        "code": "C-1",
        "name": "上海宏达有限公司",
        "addresses": [{"street": "人民路1号", "city": "上海", "country": "CN"}],
    }
