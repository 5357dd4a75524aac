"""One way of a file into a database, in a process of its own: what it costs is its alone.

``python -m bench.mapping_file hub FILE`` reads, lands, maps and stages with the product's own functions;
``python -m bench.mapping_file duckdb FILE`` copies the file into a table with a primary key and does nothing else. Each
works on one thread, but for PostgreSQL, whose CPU seconds are told apart.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported

import polars as pl
import pyarrow as pa
from sqlalchemy import Engine

from bench import mapping_job
from bench.measure import Meter
from connectors.base import Batch
from connectors.sftp_files.batcher import Batcher
from connectors.sftp_files.config import StreamConfig
from connectors.sftp_files.place import Place
from connectors.sftp_files.reading import open_file, read_file
from connectors.transport.sftp import RemoteFile
from hub.settings import load
from hub.store import landing, postgres, runs, staging
from hub.store.database import open_database
from mappings.language import compile_mapping, parse_mapping
from mappings.language.batch import BatchMapping, BatchOutcome, payloads

COLUMNS = tuple(name for name in mapping_job.rows(1)[0] if name != "contacts")
BATCH_ROWS = 20_000
"""``batch_rows`` of a connection that brings large files, the most it may ask for."""


def write_file(path: Path, count: int) -> None:
    """Write customers as CSV, fifteen columns without their contacts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(mapping_job.rows(count))


class Costs:
    """CPU seconds of this process by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Count a block to a step."""
        begun = time.process_time()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - begun

    def of_each(self, step: str, items: Iterable[Batch]) -> Iterator[Batch]:
        """Count the making of each item to a step."""
        iterator = iter(items)
        while True:
            with self.of(step):
                item = next(iterator, None)
            if item is None:
                return
            yield item


def by_hub(path: Path, costs: Costs, database: Engine, folder: Path) -> Counter[str]:
    """Read, land, map and stage; give how many rows met which fate, and how many records were staged."""
    mapping = BatchMapping(compile_mapping(parse_mapping(mapping_job.MAPPING, "bench")))
    fates: Counter[str] = Counter()
    with database.begin() as db:
        run_id = runs.open_run(db, "sync")
    for batch in costs.of_each("read", _batches(path)):
        with costs.of("land"), database.begin() as db:
            manifest = landing.manifest(db, landing.land(db, folder, run_id=run_id, system="bench", batch=batch))
        with costs.of("land"):
            landed = landing.read(folder, manifest.path, manifest.sha256)
        with costs.of("map"):
            outcome = mapping.map(_documents(landed))
        with costs.of("write payloads"):
            frames = [_to_stage(mapping, outcome, emit) for emit in range(len(outcome.records))]
        with costs.of("stage"), database.begin() as db:
            staging.create(db)
            fates["staged"] += sum(staging.stage(db, frame) for frame in frames)
        fates.update(
            rows=landed.num_rows,
            mapped=outcome.records[0].height,
            rejected=outcome.rejected.height,
            filtered=outcome.filtered.height,
        )
    return fates


def _to_stage(mapping: BatchMapping, outcome: BatchOutcome, emit: int) -> pl.DataFrame:
    """Give the records that one ``emit`` has made the columns of the staging table."""
    program = mapping.program.emits[emit]
    return payloads(mapping, outcome.records[emit], emit).select(
        pl.col("row").alias("row_no"),
        pl.lit(program.entity).alias("entity"),
        pl.lit(program.record_type).alias("record_type"),
        pl.exclude("row"),
    )


def _batches(path: Path) -> Iterator[Batch]:
    file = RemoteFile(path.name, path.stat().st_size, 0)
    options = StreamConfig(pattern="*", format="csv")
    with path.open("rb") as copy:
        table, failed = open_file(file, copy, options)
        batches = Batcher("customers", BATCH_ROWS)
        yield from read_file(file, options, table, batches, Place(), Place().finished(file, failed=failed))
        yield from batches.rest()


def _documents(landed: pa.Table) -> pl.DataFrame:
    return pl.DataFrame(pa.Table.from_struct_array(landed["document"].combine_chunks()))


def by_duckdb(path: Path, folder: Path) -> Counter[str]:
    """Copy the file into a table with a primary key."""
    import duckdb  # noqa: PLC0415 - the peer, in no process of ours

    columns = ", ".join(f"{name} varchar{' primary key' if name == COLUMNS[0] else ''}" for name in COLUMNS)
    with duckdb.connect(str(folder / "peer.duckdb"), config={"threads": 1}) as database:
        database.execute(f"create table customers ({columns})")
        database.execute(f"copy customers from '{path}' (format csv, header true)")
        return Counter(rows=int(database.execute("select count(*) from customers").fetchall()[0][0]))


def main(way: str, path: Path) -> None:
    """Go one way with a file and print as JSON what it cost."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    costs = Costs()
    settings = load({**os.environ, "HUB_HOME": str(folder / "home")})
    database = open_database(settings) if way == "hub" else None
    meter = Meter(str(settings.home / "postgres"))
    try:
        with meter.step(way):
            found = by_duckdb(path, folder) if database is None else by_hub(path, costs, database, folder / "landing")
    finally:
        if database is not None:
            database.dispose()
            postgres.stop(settings)
        shutil.rmtree(folder, ignore_errors=True)
    step = meter.steps[0]
    print(
        json.dumps(
            {
                **found,
                "wall_s": step.wall_s,
                "cpu_s": step.cpu_s,
                "postgresql_cpu_s": step.server_cpu_s,
                "peak_mb": peak_mb(),
                "steps_cpu_s": {name: round(seconds, 2) for name, seconds in costs.seconds.items()},
            }
        )
    )


def peak_mb() -> int:
    """Peak of resident memory since this program began; ``getrusage`` would count that of its parent too."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) >> 10


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
