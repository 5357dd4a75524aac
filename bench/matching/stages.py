"""``python -m bench.matching.stages FILE``: ours over one labelled file, features and keys apart from the rest.

Prints one line of JSON. The second part is what a standing hub does at every batch: its features and keys are stored.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from bench.matching.judging import judged
from customer_master.resolution.attributes import KINDS
from customer_master.resolution.engine import resolve_table
from customer_master.resolution.keys import joint_attributes, keys_of
from customer_master.resolution.table import read_table
from hub.matching.grouping import attributes_of, texts_of, with_whole_name, without_redundant
from hub.matching.guessing import guess_columns
from hub.matching.reading import read_records


def main() -> None:
    """Run and print."""
    records = read_records(Path(sys.argv[1]))
    begun, used = time.monotonic(), time.process_time()
    columns = without_redundant(guess_columns(records, {}), records)
    schema = with_whole_name(attributes_of(columns), records)
    table = read_table({a.name: KINDS[a.kind] for a in schema}, texts_of(schema, records.columns))
    keys = keys_of(table, joint_attributes(table))
    prepared = time.process_time()
    found = resolve_table(table, keys)
    done = time.process_time()
    figures = {
        "engine": "hub, from stored features",
        **judged(records.truth, found.partition),
        "features_cpu_s": round(prepared - used, 1),
        "cpu_s": round(done - prepared, 1),
        "wall_s": round(time.monotonic() - begun, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
