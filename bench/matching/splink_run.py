"""``python -m bench.matching.splink_run SET FILE``: the peer over one labelled file, in a process of its own.

Prints one line of JSON. CPU seconds are those of all threads, from the first import to the last cluster.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import duckdb
import splink
from splink import DuckDBAPI, Linker, SettingsCreator

from bench.matching.judging import judged
from bench.matching.splink_settings import PROBABILITY, SETTINGS, PeerSettings

_THREADS = 2


def main() -> None:
    """Run and print."""
    name, path = sys.argv[1], Path(sys.argv[2])
    begun = time.monotonic()
    warnings.simplefilter("ignore")
    truth, found, steps = run(SETTINGS[name](), path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures: dict[str, Any] = {
        "engine": f"Splink {splink.__version__}",
        **judged(truth, found),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "wall_s": round(time.monotonic() - begun, 1),
        "peak_mb": used.ru_maxrss >> 10,
        "steps_cpu_s": steps,
    }
    print(json.dumps(figures))


def run(settings: PeerSettings, path: Path) -> tuple[Any, Any, dict[str, float]]:
    """Train, score and cluster.

    Returns:
        The truth and the cluster of each record, and CPU seconds of each step.
    """
    db = duckdb.connect()
    db.execute(f"set threads = {_THREADS}")
    derived = "".join(f", {sql} as {name}" for name, sql in settings.derived.items())
    steps = _Steps()
    records = db.sql(f"select *{derived} from read_parquet('{path}')").arrow().read_all()  # noqa: S608 - ours
    linker = _linker(settings, DuckDBAPI(connection=db), records)
    steps("read")
    linker.training.estimate_probability_two_random_records_match(settings.certain, recall=settings.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=settings.max_pairs, seed=1)
    for rule in settings.training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    steps("train")
    scored = linker.inference.predict(threshold_match_probability=PROBABILITY)
    steps("score")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, PROBABILITY)
    steps("cluster")
    rows = db.sql(f"select truth, cluster_id from {clusters.physical_name}").fetchnumpy()  # noqa: S608 - ours
    return rows["truth"], rows["cluster_id"], steps.seconds


def _linker(settings: PeerSettings, api: Any, records: Any) -> Linker:
    made = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rec_id",
        comparisons=settings.comparisons,
        blocking_rules_to_generate_predictions=settings.rules,
        additional_columns_to_retain=["truth"],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    return Linker(api.register(records), made, log_level=None)


class _Steps:
    """Notes CPU seconds between calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.process_time()

    def __call__(self, step: str) -> None:
        now = time.process_time()
        self.seconds[step] = round(now - self._last, 1)
        self._last = now


if __name__ == "__main__":
    main()
