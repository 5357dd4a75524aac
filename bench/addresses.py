"""The address reader on real addresses: how many parts are right, how many regions invented, how many a second.

``make bench-addresses`` reads 4,000 addresses of Chinese companies that lie beside the project (``../shared/zh_data``)
and the labels of some of them (``address_labels.txt``). An address counts as right when all the parts that it names,
province, city and county, are right. A region is invented when an address names none and one is found; what follows the
region in the labelled addresses counts here too, for that is how people leave the region out. Rates are per CPU second
on one core, every address read once.
"""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported

import polars as pl
from rich.console import Console
from rich.table import Table

from customer_master.resolution.attributes.address import ADDRESS
from mappings.normalize.addresses import AddressParts, parse_address

_SHARED = Path(__file__).parents[2] / "shared"
_SAMPLE = _SHARED / "zh_data" / "company_addresses_sample.txt"
_CHICAGO = _SHARED / "er_data" / "chicago_orgs.parquet"
_LABELS = Path(__file__).with_name("address_labels.txt")
_NONE = "-"


class _Label(NamedTuple):
    address: str
    parts: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part != _NONE)


def main() -> None:
    """Measure and print."""
    lines = _SAMPLE.read_text(encoding="utf-8").splitlines()
    chinese = _distinct(lines)
    foreign = _distinct(pl.read_parquet(_CHICAGO)["address"].drop_nulls().to_list())
    figures: dict[str, Any] = {
        "parsed_per_s": _rate(parse_address, chinese[::2]),
        "foreign_parsed_per_s": _rate(parse_address, foreign[::2]),
        "features_per_s": _rate(ADDRESS.read, chinese[1::2]),
        "foreign_features_per_s": _rate(ADDRESS.read, foreign[1::2]),
    }
    for part, labels in _labels(lines).items():
        figures |= {f"{name}_{part}": figure for name, figure in _assess(labels).items()}
    table = Table(title=f"addresses, {len(chinese):,} Chinese, {len(foreign):,} foreign", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,}")
    Console().print(table)
    if os.environ.get("JSON"):
        print(json.dumps(figures))


def _distinct(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, lines))))


def _rate(read: Callable[[str], object], texts: Sequence[str]) -> int:
    """Give the texts read in a CPU second, each for the first time."""
    gc.collect()
    gc.freeze()  # a collection of all tables in the midst of so short a run would be no part of reading
    start = time.process_time()
    for text in texts:
        read(text)
    return round(len(texts) / (time.process_time() - start))


def _labels(lines: Sequence[str]) -> dict[str, list[_Label]]:
    found: dict[str, list[_Label]] = {}
    part = ""
    for line in _LABELS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif not line.startswith("#"):
            number, *parts = line.split()
            found.setdefault(part, []).append(_Label(lines[int(number) - 1], tuple(parts)))
    return found


def _assess(labels: Sequence[_Label]) -> dict[str, float]:
    named = [label for label in labels if label.named]
    without = [label.address for label in labels if not label.named] + [tail for tail in map(_tail, named) if tail]
    right = sum(map(_is_right, named))
    invented = sum(_has_region(parse_address(text)) for text in without)
    return {
        "labelled": len(named),
        "all_parts_right": round(right / len(named), 3),
        "without_region": len(without),
        "invented": round(invented / len(without), 3),
    }


def _is_right(label: _Label) -> bool:
    parts = parse_address(label.address)
    found = (parts.province, parts.city, parts.county)
    return all(part in {_NONE, got} for part, got in zip(label.parts, found, strict=True))


def _has_region(parts: AddressParts) -> bool:
    return bool(parts.province or parts.county or parts.region_code)


def _tail(label: _Label) -> str:
    """Cut an address behind the last part that it names in full; nothing if that part stands there otherwise."""
    _, name, tail = label.address.partition(label.named[-1])
    return tail.strip() if name else ""


if __name__ == "__main__":
    main()
