"""Persons and companies by the million, made with duplicates by the package dupehell; the truth is a column."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import dupehell

_DOMAIN, _DIFFICULTY = "kyc", "medium"
_LEAVE_OUT = ("record_id", "master_id", "domain", "entity_type", "party_id", "legal_entity_id", "source_system")
"""What the generator knows about a record beside its fields; the ids among them tell the truth."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity that the generator makes: its name there, and the seed."""

    entity: str
    seed: int


KINDS = {"person": Kind("natural_person", 7), "company": Kind("legal_entity", 8)}


def make(kind: str, size: int, folder: Path) -> Path:
    """Make records; what is there already is not made again.

    Args:
        kind: ``person`` or ``company``.
        size: base records; with look-alikes there are 1.5 percent more.
        folder: where to keep them.

    Returns:
        A Parquet file with rec_id, truth and the fields.
    """
    path = folder / f"{kind}_{size}.parquet"
    if path.exists():
        return path
    made = KINDS[kind]
    with tempfile.TemporaryDirectory(dir=folder) as work:
        result = dupehell.generate(
            _DOMAIN, size, seed=made.seed, difficulty=_DIFFICULTY, only_entity=made.entity, output_dir=work
        )
        with duckdb.connect() as db:
            columns = [row[0] for row in db.sql(f"describe from read_parquet('{result.dataset}')").fetchall()]
            left_out = ", ".join(name for name in columns if name in _LEAVE_OUT)
            fields = f"record_id as rec_id, master_id as truth, * exclude ({left_out})"
            rows = db.sql(f"select {fields} from read_parquet('{result.dataset}') order by rec_id")  # noqa: S608 - ours
            rows.write_parquet(str(path))
    return path
