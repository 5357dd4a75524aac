"""Whatever the order in which files arrive, and in however many syncs: the same customers, the same golden values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hub.demo.landscape import files, generate
from tests.loop.installation import Installation

Customers = dict[frozenset[str], dict[str, Any]]


@pytest.fixture
def delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What 150 customers look like in many small files, each of another day."""
    monkeypatch.setattr(files._ShipToFiles, "capacity", 20)
    monkeypatch.setattr(files._DealerFiles, "capacity", 8)
    monkeypatch.setattr(files._PartnerFiles, "capacity", 10)
    monkeypatch.setattr(files, "PARTIES_PER_MESSAGE", 4)
    paths = files.write_files(generate(150, seed=11), tmp_path / "files")
    # recency must have something to say
    return [(p.name.replace("20261101", f"202611{n:02d}"), p.read_bytes()) for n, p in enumerate(paths, 1)]


def outcome(hub: Installation, syncs: Sequence[Sequence[tuple[str, bytes]]]) -> Customers:
    for arrived in syncs:
        for name, content in arrived:
            hub.put(name, content)
        assert hub.sync().state == "green"
    assert len({r for records in hub.customers() for r in records}) == len(hub.live())
    return hub.golden()


@pytest.mark.slow
def test_the_same_customers_and_golden_values(
    new_hub: Callable[[], Installation], delivered: list[tuple[str, bytes]]
) -> None:
    shuffled = Random(5).sample(delivered, len(delivered))
    thirds = [shuffled[::3], shuffled[1::3], shuffled[2::3]]
    at_once = outcome(new_hub(), [delivered])
    assert len(delivered) >= 8
    assert any(len(records) > 1 for records in at_once)
    assert outcome(new_hub(), [[one] for one in delivered]) == at_once
    assert outcome(new_hub(), [[one] for one in reversed(delivered)]) == at_once
    assert outcome(new_hub(), thirds) == at_once
