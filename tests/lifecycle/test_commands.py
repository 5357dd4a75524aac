"""What people do about it at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from customer_master.stewardship.errors import UnknownError
from hub.cli import lifecycle
from hub.errors import UsageError
from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import CONNECTION, Installation


class Door:
    """``hub master …`` without the start of a process."""

    def __init__(self) -> None:
        self._commands = typer.Typer()
        lifecycle.register(self._commands)

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(self._commands, list(arguments))


@pytest.fixture
def door(hub: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)
    return Door()


def test_a_held_claim_is_listed_and_let_pass(hub: Installation, door: Door) -> None:
    hub.edit(CONNECTION, 'pattern: "shipto_*.csv"', 'pattern: "shipto_*.csv"\n      complete: true')
    hub.apply()
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, HONGDA))
    hub.sync()
    hub.put("shipto_20261102.csv", csv_file())
    hub.sync()
    (claim,) = json.loads(door("claims", "--state", "held", "--json").output)
    assert (claim["system"], claim["stream"], claim["missing"]) == ("scm", "ship_tos", 2)
    assert "scm.ship_tos  held: 0 listed, 2 missing" in door("claims").output
    assert door("approve", str(claim["id"])).output.startswith("2 records are gone")
    again = door("refuse", str(claim["id"]))
    assert isinstance(again.exception, UsageError)


def test_a_key_map_is_followed_and_a_record_erased(hub: Installation, door: Door, tmp_path: Path) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, HONGDA))
    hub.sync()
    (tmp_path / "keys.csv").write_text("old,new\nS003,N3\n", encoding="utf-8")
    assert door("renumber", "scm", "ship_to", str(tmp_path / "keys.csv")).output == "1 records have new keys\n"
    unsure = door("erase", "scm/ship_to/N3", "--reason", "asked for")
    assert unsure.exit_code == 1
    assert set(hub.live()) == {"ship_to/S001", "ship_to/N3"}
    told = json.loads(door("erase", "scm/ship_to/N3", "--reason", "asked for", "--yes").output)
    assert (told["done"], told["reason"]) == (True, "asked for")
    assert set(hub.live()) == {"ship_to/S001"}
    gone = door("erase", "scm/ship_to/N3", "--reason", "asked for", "--yes")
    assert isinstance(gone.exception, UnknownError)
