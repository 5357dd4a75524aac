"""Company names: parsing, pairs labelled by others, short names looked up among registered ones.

The data lie beside the project (``../shared/zh_data``, ``../shared/er_data``) and are only measured on: nothing is
fitted to them.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from customer_master.resolution.attributes.company import COMPANY
from customer_master.resolution.attributes.company_features import CompanyFeatures
from mappings.normalize.company_names import parse_company

_SHARED = Path(__file__).parents[2] / "shared"
_PAIRS = _SHARED / "zh_data" / "company_name_pairs.csv"
_LISTED = _SHARED / "zh_data" / "listed_company_short_full.csv"
_CHICAGO = _SHARED / "er_data" / "chicago_orgs.parquet"
_PRECISION = 0.95
_CAP = 400
"""Records that may share a key; a blocking engine learns such a cap from its data."""


def main() -> None:
    """Measure and print."""
    pairs, listed = _read(_PAIRS), _read(_LISTED)
    latin = sorted(set(pl.read_parquet(_CHICAGO)["name"].drop_nulls()))
    figures = {
        "load": round(os.getloadavg()[0], 1),
        **_parsing([row["full_name"] for row in listed], "Chinese"),
        **_parsing(latin, "Latin"),
        **_labelled_pairs(pairs),
        **_short_names(listed),
        **_organisations(),
    }
    table = Table(title="company names", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}")
    Console().print(table)
    if os.environ.get("JSON"):
        print(json.dumps(figures))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _features(texts: Sequence[str]) -> list[CompanyFeatures]:
    values = [COMPANY.read(text) for text in texts]
    return [value for value in values if value is not None]


def _parsing(names: list[str], script: str) -> dict[str, float]:
    """Parse distinct names from a cold cache, then read them as features with their keys."""
    parse_company.cache_clear()
    start = time.process_time()
    for name in names:
        parse_company(name)
    parsed = time.process_time()
    keys = [len(tuple(COMPANY.keys(value))) for value in _features(names)]
    read = time.process_time()
    return {
        f"{script} names parsed a CPU second": round(len(names) / (parsed - start)),
        f"{script} names made features and keys a CPU second": round(len(names) / (read - parsed)),
        f"keys of a {script} name": round(sum(keys) / len(keys), 1),
    }


def _labelled_pairs(rows: list[dict[str, str]]) -> dict[str, float]:
    """Tell pairs labelled same from different and related ones, by the similarity alone."""
    rows = [row for row in rows if row["label"] != "unsure"]
    same = np.array([row["label"] == "same" for row in rows])
    left, right = (_features([row[side] for row in rows]) for side in ("left", "right"))
    similarity = COMPANY.compare(left, right).similarity
    is_bank = np.array([any(word in row["left"] + row["right"] for word in ("银行", "支行", "营业部")) for row in rows])
    return {
        "labelled pairs, same": int(same.sum()),
        "labelled pairs, different or related": int((~same).sum()),
        "recall at precision 0.95": recall_at(similarity, same),
        "recall at precision 0.95 without banks and branches": recall_at(similarity[~is_bank], same[~is_bank]),
        "area under the curve": area_under(similarity, same),
        "reached by keys": round(float(np.mean([_meet(a, b) for a, b in zip(left, right, strict=True)])), 4),
    }


def _meet(a: CompanyFeatures, b: CompanyFeatures) -> bool:
    return not set(COMPANY.keys(a)).isdisjoint(COMPANY.keys(b))


def recall_at(similarity: np.ndarray, same: np.ndarray, precision: float = _PRECISION) -> float:
    """Give the greatest recall of any threshold that keeps the precision."""
    order = np.argsort(-similarity, kind="stable")
    found = np.cumsum(same[order])
    ends = np.append(np.diff(similarity[order]) != 0, True)  # a threshold cannot part equal similarities
    good = ends & (found / np.arange(1, len(order) + 1) >= precision)
    return round(float(found[good].max(initial=0) / same.sum()), 4)


def area_under(similarity: np.ndarray, same: np.ndarray) -> float:
    """Give the chance that a true pair is more similar than a false one."""
    true, false = np.sort(similarity[same]), similarity[~same]
    below = np.searchsorted(true, false, "left") + np.searchsorted(true, false, "right")
    return round(float(1 - below.mean() / 2 / len(true)), 4)


def _short_names(rows: list[dict[str, str]]) -> dict[str, float]:
    """Look every short name up among all registered ones: candidates by keys, ranked by similarity."""
    full = _features([row["full_name"] for row in rows])
    index: dict[str, list[int]] = defaultdict(list)
    for number, value in enumerate(full):
        for key in COMPANY.keys(value):
            index[key].append(number)
    ranks: Counter[int] = Counter()
    compared = 0
    start = time.process_time()
    for number, row in enumerate(rows):
        query = COMPANY.read(row["short_name"])
        found = _candidates(query, index) if query else []
        compared += len(found)
        ranks[_rank(query, found, full, number) if query else len(rows)] += 1
    seconds = time.process_time() - start
    return {
        "short names": len(rows),
        "short names, right one first": _share(ranks, 1),
        "short names, right one in five": _share(ranks, 5),
        "short names, right one among candidates": _share(ranks, len(rows) - 1),
        "candidates of a short name": round(compared / len(rows), 1),
        "CPU ms a look-up": round(1000 * seconds / len(rows), 2),
        "CPU µs a compared pair": round(1e6 * seconds / compared, 2),
    }


def _candidates(query: CompanyFeatures, index: dict[str, list[int]]) -> list[int]:
    found: set[int] = set()
    for key in COMPANY.keys(query):
        meeting = index.get(key, ())
        if len(meeting) <= _CAP:
            found.update(meeting)
    return sorted(found)


def _rank(query: CompanyFeatures, found: list[int], full: list[CompanyFeatures], right: int) -> int:
    """Give the place of the right name; the last among those equally similar."""
    if right not in found:
        return len(full)
    similarity = COMPANY.compare([query] * len(found), [full[number] for number in found]).similarity
    of_right = similarity[found.index(right)]
    equal = sum(full[number].name == full[right].name for number in found)  # listed twice, in two markets
    return 1 + int((similarity >= of_right).sum()) - equal


def _share(ranks: Counter[int], within: int) -> float:
    return round(sum(count for rank, count in ranks.items() if rank <= within) / sum(ranks.values()), 4)


def _organisations() -> dict[str, float]:
    """Tell pairs of different names of one organisation from others, among the pairs that share a key."""
    rows = pl.read_parquet(_CHICAGO).drop_nulls("name")
    names: dict[str, set[str]] = defaultdict(set)
    for name, truth in rows.select("name", "truth").iter_rows():
        names[name].add(truth)
    texts = [text for text in sorted(names) if COMPANY.read(text) is not None]
    values = _features(texts)
    index: dict[str, list[int]] = defaultdict(list)
    for number, value in enumerate(values):
        for key in COMPANY.keys(value):
            index[key].append(number)
    pairs = sorted({pair for found in index.values() if len(found) <= _CAP for pair in combinations(found, 2)})
    same = np.array([not names[texts[a]].isdisjoint(names[texts[b]]) for a, b in pairs])
    true = sum(not names[a].isdisjoint(names[b]) for a, b in combinations(texts, 2))
    start = time.process_time()
    similarity = COMPANY.compare([values[a] for a, _ in pairs], [values[b] for _, b in pairs]).similarity
    seconds = time.process_time() - start
    return {
        "organisations, pairs of names": len(pairs),
        "organisations, true pairs reached by keys": round(float(same.sum() / true), 4),
        "organisations, average precision": average_precision(similarity, same),
        "organisations, CPU µs a compared pair": round(1e6 * seconds / len(pairs), 2),
    }


def average_precision(similarity: np.ndarray, same: np.ndarray) -> float:
    """Give the mean precision over the true pairs, ranked by similarity."""
    order = np.argsort(-similarity, kind="stable")
    ranked = same[order]
    return round(float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean()), 4)


if __name__ == "__main__":
    main()
