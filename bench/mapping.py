"""Mapping against its peers in one run: a file on its way to PostgreSQL, both compilers, and the ERP's own mapping.

``ROWS=n make bench-mapping`` takes another size of the job (200,000), ``ERP_ROWS=n`` another of the ERP's (100,000),
``FILE_ROWS=n`` another of the file (1,000,000; a quarter of it goes first, to show that memory does not follow the
size). Everything works on one thread, polars and DuckDB too, and before anything is timed all ways must agree in every
row and field. What is timed is CPU time of the process, the best of some interleaved repeats; a file goes each way in a
process of its own, and PostgreSQL's own CPU time is told apart.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported

import pandas as pd
import polars as pl
from rich.console import Console
from rich.table import Table

from bench import mapping_file, mapping_job
from hub.demo.landscape import generate
from mappings.canonical import CanonicalRecord
from mappings.language import Mapped, compile_mapping, load_mapping, parse_mapping
from mappings.language.batch import BatchMapping
from mappings.language.catalogue import CATALOGUE, Function
from mappings.language.outcome import Outcome, fate

_REPEATS = 3
_FILE_REPEATS = 2
_ROOT = Path(__file__).parents[1]
_ERP = _ROOT / "mappings/specs/erp.party.yaml"
_OBJECTS = "pandas, Python strings"
"""pandas as it was before strings of Arrow became its default."""


@dataclass(frozen=True, slots=True)
class _Cost:
    rows: int
    cpu_s: float
    wall_s: float

    @property
    def rate(self) -> float:
        """Rows per CPU second."""
        return self.rows / self.cpu_s


def main() -> None:
    """Measure and print."""
    files = _files(int(os.environ.get("FILE_ROWS", "1000000")))
    job = _job(int(os.environ.get("ROWS", "200000")))
    erp, met = _erp(int(os.environ.get("ERP_ROWS", "100000")))
    hub, copy = files["hub"], files["duckdb"]
    figures: dict[str, Any] = {
        "python_vs_hand": round(job["generated Python"].rate / job["hand-written Python"].rate, 2),
        "batch_vs_pandas": round(job["batch"].rate / job["pandas"].rate, 2),
        "batch_vs_pandas_objects": round(job["batch"].rate / job[_OBJECTS].rate, 2),
        "batch_vs_polars": round(job["batch"].rate / job["polars by hand"].rate, 2),
        "stage_vs_copy": round(copy["cpu_s"] / hub["cpu_s"], 3),
        "stage_vs_copy_with_server": round(copy["cpu_s"] / (hub["cpu_s"] + hub["postgresql_cpu_s"]), 3),
        "stage_peak_mb": hub["peak_mb"],
        "stage_peak_mb_of_a_quarter": files["hub, a quarter"]["peak_mb"],
        "erp_rows_per_s": round(erp["batch"].rate),
        "erp_rows_per_s_generated_python": round(erp["generated Python"].rate),
        "erp_calls_and_arguments": met.calls,
        "erp_fates": met.fates,
        "peak_mb": mapping_file.peak_mb(),
    }
    _print("fifteen fields of a customer", job, "hand-written Python")
    _print("the ERP's own mapping", erp, "generated Python")
    _print_files(files)
    for name, value in figures.items():
        print(f"{name}: {value}")
    if os.environ.get("JSON"):
        rates = {name: round(cost.rate) for name, cost in job.items()}
        print(json.dumps({**figures, "job_rows_per_cpu_s": rates, "file": files, "load": os.getloadavg()[0]}))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=f"{title} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)", title_justify="left")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _print(title: str, costs: Mapping[str, _Cost], measure: str) -> None:
    table = _table(title, "rows per CPU s", "CPU s", "wall s", "ratio")
    for name, cost in costs.items():
        ratio = cost.rate / costs[measure].rate
        table.add_row(name, f"{cost.rate:,.0f}", f"{cost.cpu_s:.2f}", f"{cost.wall_s:.2f}", f"{ratio:.2f}")
    Console(width=100).print(table)


def _print_files(files: Mapping[str, dict[str, Any]]) -> None:
    table = _table("a file on its way", "rows", "rows per CPU s", "CPU s", "PostgreSQL CPU s", "wall s", "peak MB")
    for way, cost in files.items():
        numbers = [f"{cost[name]:.1f}" for name in ("cpu_s", "postgresql_cpu_s", "wall_s")]
        rate = cost["rows"] / cost["cpu_s"]
        table.add_row(way, f"{cost['rows']:,}", f"{rate:,.0f}", *numbers, str(cost["peak_mb"]))
        for step, seconds in cost["steps_cpu_s"].items():
            table.add_row(f"  {step}", "", "", f"{seconds:.1f}")
    Console(width=100).print(table)


def _job(count: int) -> dict[str, _Cost]:
    """Give what each way to do the job costs; all must agree."""
    rows = mapping_job.rows(count)
    with_pandas, with_polars = pd.DataFrame(rows), pl.DataFrame(rows)
    with_objects = with_pandas.astype(object)
    compiled = compile_mapping(parse_mapping(mapping_job.MAPPING, "bench"))
    batch = BatchMapping(compiled)
    _check_equal(
        rows,
        {
            "generated Python": lambda: [_fields(compiled.map(row)) for row in rows],
            "pandas": lambda: _cells(mapping_job.by_pandas(with_pandas).itertuples(index=False)),
            _OBJECTS: lambda: _cells(mapping_job.by_pandas(with_objects).itertuples(index=False)),
            "polars by hand": lambda: _cells(mapping_job.by_polars(with_polars).iter_rows()),
            "batch": lambda: [_fields(outcome) for outcome in batch.map(with_polars).outcomes()],
        },
    )
    return _best(
        count,
        {
            "hand-written Python": lambda: [mapping_job.by_hand(row) for row in rows],
            "generated Python": lambda: [_records(compiled.map(row)) for row in rows],  # as the hand-written gives them
            "pandas": lambda: mapping_job.by_pandas(with_pandas),
            _OBJECTS: lambda: mapping_job.by_pandas(with_objects),
            "polars by hand": lambda: mapping_job.by_polars(with_polars),
            "batch": lambda: batch.map(with_polars),
        },
    )


def _check_equal(rows: list[dict[str, Any]], ways: Mapping[str, Callable[[], list[Any]]]) -> None:
    expected = [mapping_job.fields(mapping_job.by_hand(row)) for row in rows]
    for name, way in ways.items():
        found = way()
        if found != expected:
            row = next(n for n, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1])
            raise SystemExit(f"{name} and the hand-written function differ in row {row}: {found[row]} {expected[row]}")


def _records(outcome: Outcome) -> tuple[CanonicalRecord, ...]:
    assert isinstance(outcome, Mapped)
    return outcome.records


def _fields(outcome: Outcome) -> Any:
    return mapping_job.fields(outcome.records) if isinstance(outcome, Mapped) else outcome


def _cells(rows: Any) -> list[tuple[Any, ...]]:
    return [tuple(map(_value, row)) for row in rows]


def _value(value: Any) -> Any:
    """Write a cell of a frame as Python has it."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime):
        return None if pd.isna(value) else value.date()
    return None if value is pd.NaT else value


def _best(count: int, ways: Mapping[str, Callable[[], object]]) -> dict[str, _Cost]:
    """Give the cheapest of some repeats of each way; none finds garbage of another or readers that know its values."""
    costs: dict[str, list[_Cost]] = {name: [] for name in ways}
    for _ in range(_REPEATS):
        for name, way in ways.items():
            _forget()
            gc.collect()
            cpu, wall = time.process_time(), time.monotonic()
            way()
            costs[name].append(_Cost(count, time.process_time() - cpu, time.monotonic() - wall))
    return {name: min(found, key=lambda cost: cost.cpu_s) for name, found in costs.items()}


def _forget() -> None:
    """Empty the caches of the value readers."""
    for name in [
        name for name in sys.modules if name.startswith(("mappings.normalize.", "mappings.language.functions"))
    ]:
        for value in vars(sys.modules[name]).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


@dataclass(frozen=True, slots=True)
class _Met:
    """What the ERP's rows came to: how many met which fate, and how often a function was called by name."""

    fates: dict[str, int]
    calls: dict[str, tuple[int, int]]


def _erp(count: int) -> tuple[dict[str, _Cost], _Met]:
    """Give what the ERP's own mapping costs; both compilers must agree."""
    compiled = compile_mapping(load_mapping(_ERP))
    made = islice(generate(count * 3 // 2).erp(), count)  # not every customer of the landscape is in the ERP
    documents = [_as_pulled(number, document) for number, document in enumerate(made, 1)]
    frame = pl.DataFrame(documents, infer_schema_length=None)
    batch = BatchMapping(compiled)
    outcomes = batch.map(frame).outcomes()
    if outcomes != list(map(compiled.map, documents)):
        raise SystemExit("the two compilers differ over the rows of the ERP")
    fates = Counter(map(fate, outcomes))
    del outcomes
    costs = _best(
        len(documents),
        {"generated Python": lambda: list(map(compiled.map, documents)), "batch": lambda: batch.map(frame)},
    )
    return costs, _Met(dict(fates), _calls(frame))


def _calls(frame: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Count the calls of each function by the batch compiler, and their different arguments; best both are the same."""
    calls: dict[str, list[Any]] = {name: [] for name in CATALOGUE}
    noting = {name: _noting(function, calls[name]) for name, function in CATALOGUE.items()}
    with patch.dict(CATALOGUE, noting):
        BatchMapping(compile_mapping(load_mapping(_ERP))).map(frame)
    return {name: (len(noted), len(set(noted))) for name, noted in calls.items() if noted}


def _noting(function: Function, calls: list[Any]) -> Function:
    def call(*arguments: Any, **more: Any) -> Any:
        calls.append((arguments, tuple(more.items())))
        return function.call(*arguments, **more)

    return replace(function, call=call)


def _as_pulled(number: int, document: dict[str, Any]) -> dict[str, Any]:
    """Give what the ERP answers for a party that was created with a document."""
    said = {"active": True}
    lists = {
        name: [part | said for part in document[name]] for name in ("identifiers", "addresses", "contact_mechanisms")
    }
    return document | lists | said | {"id": number, "token": f'{{"party.party,{number}": "1"}}'}


def _files(count: int) -> dict[str, dict[str, Any]]:
    """Give costs of a file's way into a database: a quarter and all of it through the hub, all through the peer."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        quarter, whole = Path(name) / "quarter.csv", Path(name) / "customers.csv"
        mapping_file.write_file(quarter, count // 4)
        mapping_file.write_file(whole, count)
        runs = [
            {"hub, a quarter": _go("hub", quarter), "hub": _go("hub", whole), "duckdb": _go("duckdb", whole)}
            for _ in range(_FILE_REPEATS)
        ]
    best = {way: min((run[way] for run in runs), key=lambda cost: cost["cpu_s"]) for way in runs[0]}
    _check_complete(best["hub"], best["duckdb"]["rows"])
    return best


def _check_complete(hub: Mapping[str, int], rows: int) -> None:
    """Every row of the file has one fate, and every mapped row its two records."""
    fates = hub["mapped"] + hub["rejected"] + hub["filtered"]
    if not fates == hub["rows"] == rows or hub["staged"] != 2 * hub["mapped"]:
        raise SystemExit(f"of the {rows} rows of the file some are lost on the way through the hub: {hub}")


def _go(way: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.mapping_file", way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
