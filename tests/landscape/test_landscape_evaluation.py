"""How a partition is judged."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from hub.demo.landscape import Landscape, evaluate, generate, read_truth, render, write_truth


@pytest.fixture(scope="module")
def right(landscape: Landscape) -> dict:
    return {row.key: row.entity for row in landscape.truth().rows()}


def test_the_truth_itself_is_perfect(landscape: Landscape, right: dict) -> None:
    found = evaluate(landscape.truth(), right)
    assert (found.precision, found.recall, found.f1, found.recall_with_evidence) == (1, 1, 1, 1)
    assert (found.x_merges, found.l_merges, found.missing, found.parties) == (0, 0, 0, 2000)


def test_everybody_alone_has_no_recall_and_makes_no_mistake(landscape: Landscape, right: dict) -> None:
    found = evaluate(landscape.truth(), {key: key for key in right})
    assert (found.precision, found.recall, found.x_merges, found.merged_pairs) == (1, 0, 0, 0)


def test_everybody_together_merges_every_lookalike(landscape: Landscape, right: dict) -> None:
    found = evaluate(landscape.truth(), dict.fromkeys(right, "one"))
    assert found.recall == 1
    assert found.precision < 0.01
    assert all(kind.together == kind.pairs > 0 for kind in found.kinds)
    assert found.merged_pairs == len(right) * (len(right) - 1) // 2


def test_one_wrong_merge_is_counted_under_its_kind(landscape: Landscape, right: dict) -> None:
    pair = next(p for p in landscape.truth().pairs() if p.kinds == ("near_namesake",))
    partition = right | {pair.b: right[pair.a]}
    found = evaluate(landscape.truth(), partition)
    assert found.x_merges >= 1
    assert found.precision < 1
    assert next(k for k in found.kinds if k.kind == "near_namesake").together >= 1


def test_records_the_hub_never_saw_count_as_missing(landscape: Landscape, right: dict) -> None:
    seen = {key: party for key, party in right.items() if key[1] != "partner"}
    found = evaluate(landscape.truth(), seen)
    assert found.missing == len(right) - len(seen)
    assert found.recall < 1
    assert found.precision == 1


def test_a_written_truth_reads_back(tmp_path: Path) -> None:
    truth = generate(100, 7).truth()
    write_truth(truth, tmp_path / "truth.jsonl")
    again = read_truth(tmp_path / "truth.jsonl")
    assert list(again.rows()) == list(truth.rows())
    assert list(again.pairs()) == list(truth.pairs())


def test_figures_for_machines_and_people(landscape: Landscape, right: dict) -> None:
    found = evaluate(landscape.truth(), right)
    figures = json.loads(found.to_json())
    assert figures["precision"] == 1
    assert {kind["label"] for kind in figures["kinds"]} == {"M", "L", "X"}
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(render(found))
    shown = console.export_text()
    assert "homophone_namesake" in shown
    assert "precision 1.0000" in shown
