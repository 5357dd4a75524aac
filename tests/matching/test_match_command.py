"""``hub match evaluate`` as a person calls it."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli import main
from tests.matching.conftest import EqualityEngine, Write

HEADER = ("name", "phone", "dob")
ROWS = (
    ("Isla Hall", "+44 20 7946 0958", "1990-05-12"),
    ("Isla Hall", "", "1990-05-12"),
    ("Evie Dean", "020 7946 0959", "1991-04-26"),
    ("E. Dean", "020 7946 0959", ""),
)
Hub = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], engine: EqualityEngine) -> Hub:
    """Run the command with the small engine; exit code, output and error output."""
    module = types.ModuleType("customer_master.resolution.engine")
    module.resolve = engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hub", "match", "evaluate", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_json_has_the_figures_at_the_top(hub: Hub, write: Write) -> None:
    code, out, err = hub(write(HEADER, ROWS), "--labels", 2, "--seed", 5, "--map", "dob=ignore", "--policy", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert list(told) == [
        "precision", "recall", "f1", "bcubed_f1", "cpu_s", "wall_s", "peak_mb", "file", "records", "unlabelled",
        "entities", "entities_found", "candidate_pairs", "too_large", "bridges", "labels", "labels_used", "seed",
        "policy", "columns", "attributes", "warnings",
    ]  # fmt: skip
    assert (told["labels"], told["labels_used"], told["seed"], told["policy"]) == (2, 2, 5, True)
    assert told["columns"][2] == {"column": "dob", "kind": "ignore", "why": "as told"}


def test_tables_for_people(hub: Hub, write: Write) -> None:
    code, out, _ = hub(write(HEADER, ROWS))
    assert code == 0
    for words in ("table.csv: 4 records", "taken for", "person", "precision", "B-cubed F1", "peak MB", "0 of 0"):
        assert words in out
    assert "a warning of the engine" in out


def test_a_kind_may_be_written_as_people_write_it(hub: Hub, write: Write) -> None:
    path = write(("a=b", "c"), [("Hall", "x"), ("Dean", "y")])
    code, out, _ = hub(path, "--map", "a=b=Name", "--map", "c = e-mail", "--json")
    assert code == 0
    assert [column["kind"] for column in json.loads(out)["columns"]] == ["company", "email"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--map", "dob"), "--map dob: it does not say what a column is. Write it as --map dob=date"),
        (("--map", "=date"), "--map =date: it does not say what a column is"),
        (("--map", "dob=date", "--map", "dob=text"), "--map dob=text: dob is already said to be date. Say it once"),
        (("--map", "birth=date"), "there is no column 'birth'. Columns are: name, phone, dob"),
        (("--map", "dob=day"), "'day' is nothing that a column can be. It can be: company"),
    ],
)
def test_a_wrong_map_is_one_sentence(hub: Hub, write: Write, args: tuple[str, ...], sentence: str) -> None:
    code, out, err = hub(write(HEADER, ROWS), *args)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_a_wrong_file_is_one_sentence(hub: Hub, tmp_path: Path) -> None:
    assert hub(tmp_path / "nothing.csv")[0] == 2
    bad = tmp_path / "bad.csv"
    bad.write_text("rec_id,name\n1,Hall\n2,Dean\n")
    code, out, err = hub(bad, "--json")
    assert (code, out) == (1, "")
    assert "bad.csv: there is no column 'truth', only rec_id, name" in err


def test_labels_are_no_negative_number(hub: Hub, write: Write) -> None:
    code, _, err = hub(write(HEADER, ROWS), "--labels", -1)
    assert code == 2
    assert "--labels" in err
