"""Mapping against its peers in one run: both compilers, the ERP's own mapping, and a file on its way to PostgreSQL.

``ROWS=n make bench-mapping`` takes another size of the job (200,000), ``FILE_ROWS=n`` another of the file (1,000,000; a
quarter of it goes first, to show that memory does not follow the size). Rates are rows per CPU second, the best of some
interleaved repeats. One thread of polars, for the work is to be done by one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import pandas as pd
import polars as pl
from rich.console import Console
from rich.table import Table

from bench import mapping_file, mapping_job
from hub.demo.landscape import generate
from mappings.language import Mapped, compile_mapping, load_mapping, parse_mapping
from mappings.language.batch import BatchMapping
from mappings.language.catalogue import CATALOGUE, Function

_CHECKED = 3_000
_REPEATS = 3
_READERS = ("name", "identifier", "address", "area_code", "phones", "faxes", "emails")
_ROOT = Path(__file__).parents[1]
_ERP = _ROOT / "mappings/specs/erp.party.yaml"


def main() -> None:
    """Measure and print."""
    job = _job(int(os.environ.get("ROWS", "200000")))
    erp = _erp(int(os.environ.get("ERP_ROWS", "100000")))
    files = _files(int(os.environ.get("FILE_ROWS", "1000000")))
    whole = files["hub"]
    figures: dict[str, Any] = {
        "python_vs_hand": round(job["generated Python"] / job["hand-written Python"], 2),
        "batch_vs_pandas": round(job["batch"] / job["pandas vectorised"], 2),
        "batch_vs_polars": round(job["batch"] / job["polars by hand"], 2),
        "stage_vs_copy": round(_rate(whole) / _rate(files["duckdb"]), 3),
        **erp,
    }
    _print("fifteen fields of a customer", "rows per CPU s", {name: f"{rate:,.0f}" for name, rate in job.items()})
    for way, cost in files.items():
        _print(f"file: {way}", "", {name: str(value) for name, value in cost.items()})
    for name, value in figures.items():
        print(f"{name}: {value}")
    if os.environ.get("JSON"):
        raw = {"job_rows_per_cpu_s": {name: round(rate) for name, rate in job.items()}, "file": files}
        print(json.dumps({**figures, **raw, "load": os.getloadavg()[0]}))


def _print(title: str, unit: str, lines: dict[str, str]) -> None:
    table = Table(title=f"{title} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)", title_justify="left")
    table.add_column("")
    table.add_column(unit, justify="right")
    for line in lines.items():
        table.add_row(*line)
    Console().print(table)


def _job(count: int) -> dict[str, float]:
    """Rows per CPU second of each way to do the job; all must agree on the first rows."""
    rows = mapping_job.rows(count)
    with_pandas, with_polars = pd.DataFrame(rows), pl.DataFrame(rows)
    compiled = compile_mapping(parse_mapping(mapping_job.MAPPING, "bench"))
    batch = BatchMapping(compiled)
    _check_equal(rows[:_CHECKED], compiled.map, batch)
    return _best(
        count,
        {
            "hand-written Python": lambda: [mapping_job.by_hand(row) for row in rows],
            "generated Python": lambda: [compiled.map(row) for row in rows],
            "pandas vectorised": lambda: mapping_job.by_pandas(with_pandas),
            "polars by hand": lambda: mapping_job.by_polars(with_polars),
            "batch": lambda: batch.map(with_polars),
        },
    )


def _check_equal(rows: list[dict[str, Any]], generated: Callable[[dict[str, Any]], Any], batch: BatchMapping) -> None:
    expected = [mapping_job.fields(mapping_job.by_hand(row)) for row in rows]
    outcomes = [generated(row) for row in rows]
    frame = pl.DataFrame(rows)
    ways = {
        "generated Python": [mapping_job.fields(o.records) for o in outcomes if isinstance(o, Mapped)],
        "pandas": [
            tuple(map(_value, row)) for row in mapping_job.by_pandas(pd.DataFrame(rows)).itertuples(index=False)
        ],
        "polars": [tuple(map(_value, row)) for row in mapping_job.by_polars(frame).rows()],
        "batch": [mapping_job.fields(records) for records in batch.map(frame).canonical()],
    }
    for way, found in ways.items():
        if found != expected:
            row = next(n for n, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1])
            raise SystemExit(f"{way} and the hand-written function differ in row {row}: {found[row]} {expected[row]}")


def _value(value: Any) -> Any:
    """Write a cell of a frame as Python has it."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime):
        return None if pd.isna(value) else value.date()
    return None if value is pd.NaT else value


def _best(count: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    best: dict[str, float] = dict.fromkeys(ways, 0.0)
    for _ in range(_REPEATS):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            best[name] = max(best[name], count / (time.process_time() - begun))
    return best


def _erp(count: int) -> dict[str, Any]:
    """Rows per CPU second of the ERP's own mapping."""
    compiled = compile_mapping(load_mapping(_ERP))
    made = islice(generate(count * 3 // 2).erp(), count)  # not every customer of the landscape is in the ERP
    documents = [_as_pulled(number, document) for number, document in enumerate(made, 1)]
    frame = pl.DataFrame(documents, infer_schema_length=None)
    batch = BatchMapping(compiled)
    rates = _best(
        len(documents), {"batch": lambda: batch.map(frame), "generated": lambda: list(map(compiled.map, documents))}
    )
    return {
        "erp_rows": len(documents),
        "erp_rows_per_s": round(rates["batch"]),
        "erp_rows_per_s_generated_python": round(rates["generated"]),
        "erp_reader_calls": _reader_calls(frame),
    }


def _reader_calls(frame: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """How often the batch compiler calls each value reader, and with how many different arguments; best the same."""
    calls: dict[str, list[Any]] = {name: [] for name in _READERS}
    with patch.dict(CATALOGUE, {name: _noting(CATALOGUE[name], calls[name]) for name in _READERS}):
        BatchMapping(compile_mapping(load_mapping(_ERP))).map(frame)
    return {name: (len(noted), len(set(noted))) for name, noted in calls.items()}


def _noting(function: Function, calls: list[Any]) -> Function:
    def call(*arguments: Any, **more: Any) -> Any:
        calls.append((arguments, tuple(more.items())))
        return function.call(*arguments, **more)

    return replace(function, call=call)


def _as_pulled(number: int, document: dict[str, Any]) -> dict[str, Any]:
    """What the ERP answers for a party that was created with a document."""
    said = {"active": True}
    lists = {
        name: [part | said for part in document[name]] for name in ("identifiers", "addresses", "contact_mechanisms")
    }
    return document | lists | said | {"id": number, "token": f'{{"party.party,{number}": "1"}}'}


def _files(count: int) -> dict[str, dict[str, Any]]:
    """Costs of a file's way into a database: a quarter of it and all of it through the hub, all through the peer."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        quarter, whole = Path(name) / "quarter.csv", Path(name) / "customers.csv"
        mapping_file.write_file(quarter, count // 4)
        mapping_file.write_file(whole, count)
        return {
            "hub, a quarter": _go("hub", quarter),
            "hub": {"file_mb": whole.stat().st_size >> 20, **_go("hub", whole)},
            "duckdb": _go("duckdb", whole),
        }


def _go(way: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.mapping_file", way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _rate(cost: dict[str, Any]) -> float:
    return float(cost["records"] / cost["cpu_s"])


if __name__ == "__main__":
    main()
