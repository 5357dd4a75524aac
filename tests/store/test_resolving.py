"""Who is who does not depend on when the news came, and finding it out costs what changed, not what is stored."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from customer_master.resolution.scoring import Scorer
from hub.demo.landscape import generate
from hub.pipeline.record import record
from hub.pipeline.resolve import resolve
from tests.store.workshop import Row, Workshop, erp_row, landscape_rows

NewWorkshop = Callable[[], Workshop]
LATER = "2026-11-15T00:00:00.000000Z"


def in_several_syncs(workshop: Workshop, rows: list[Row], rng: Random) -> None:
    """Let rows arrive in any order, cut into a few syncs at any place."""
    shuffled = rng.sample(rows, len(rows))
    cuts = sorted(rng.sample(range(1, len(rows)), rng.randint(2, 6)))
    for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        workshop.take_in(shuffled[start:end])


def edited(rows: list[Row], rng: Random) -> list[Row]:
    """Make later versions of some ERP parties, which take over name, contacts or identifiers of others."""
    parties = [row for row in rows if row[0] == "erp"]
    news = []
    for system, stream, raw in rng.sample(parties, len(parties) // 5):
        other = rng.choice(parties)[2].document
        assert raw.document is not None
        assert other is not None
        field = rng.choice(["name", "contact_mechanisms", "identifiers", "addresses"])
        document = {**raw.document, field: other[field]}
        if document != raw.document:
            news.append((system, stream, replace(raw, position=LATER, document=document)))
    return news


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_customers_are_the_same_in_whatever_order_and_portions_their_records_arrive(
    new_workshop: NewWorkshop, tmp_path: Path, seed: int
) -> None:
    rng = Random(seed)
    rows = landscape_rows(generate(200, seed), tmp_path / "files")
    rows += edited(rows, rng)
    at_once, in_portions = new_workshop(), new_workshop()
    at_once.take_in(rows)
    in_several_syncs(in_portions, rows, rng)
    expected = at_once.partition()
    assert sum(len(members) for members in expected) > 250
    assert in_portions.partition() == expected


def shared_number(n: int, **more: Any) -> Row:
    """Give one of many branches and shops behind one switchboard."""
    trade = f"{'华盛永利昌隆兴'[n % 7]}{'泰丰达鑫源茂顺通'[n % 8]}"
    return erp_row(
        n,
        name=f"深圳市{trade}{['电子', '机械', '五金', '塑胶'][n % 4]}有限公司",
        contact_mechanisms=[{"type": "phone", "value": "0755-26988888", "name": None}],
        **more,
    )


@pytest.mark.parametrize("holders", [10, 45])
def test_a_number_that_becomes_common_later_counts_as_if_it_always_had_been(
    new_workshop: NewWorkshop, holders: int
) -> None:
    twins = [
        erp_row(1000 + i, name=name, contact_mechanisms=[{"type": "phone", "value": "0755-26988888", "name": None}])
        for i, name in enumerate(["深圳市嘉禾精密有限公司", "嘉禾精密"])
    ]
    crowd = [shared_number(n) for n in range(1, holders)]
    alone, at_once, later = new_workshop(), new_workshop(), new_workshop()
    alone.take_in(twins)
    assert len(alone.partition()) == 1, "two records with a telephone of their own are one customer"
    at_once.take_in(twins + crowd)
    later.take_in(twins)
    for start in range(0, len(crowd), 7):
        later.take_in(crowd[start : start + 7])
    assert later.partition() == at_once.partition()
    if holders > 40:
        assert len(at_once.partition()) > len(crowd) / 2, "a number of everybody makes nobody one customer"


def test_a_common_number_that_becomes_rare_again_counts_anew(new_workshop: NewWorkshop) -> None:
    crowd = [shared_number(n) for n in range(1, 46)]
    left = [
        ("erp", "party", replace(raw, position=LATER, document={**raw.document, "contact_mechanisms": []}))
        for _, _, raw in crowd[2:]
        if raw.document is not None
    ]
    at_once, later = new_workshop(), new_workshop()
    at_once.take_in(crowd + left)
    later.take_in(crowd)
    later.take_in(left)
    assert later.partition() == at_once.partition()


def test_one_change_in_a_large_master_touches_its_own_neighbourhood_alone(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = landscape_rows(generate(1900, 5), tmp_path / "files")
    workshop.take_in(rows)
    ((standing, last),) = workshop.sql("select count(*), (select last_cs from master.clock) from master.source_record")
    assert standing > 3000
    system, stream, raw = next(row for row in rows if row[0] == "erp")
    assert raw.document is not None
    number = [{"id": 1, "active": True, "type": "phone", "value": "0755-83210987", "name": None}]
    workshop.land(
        [(system, stream, replace(raw, position=LATER, document={**raw.document, "contact_mechanisms": number}))]
    )
    record(workshop.work)
    compared, statements = 0, 0

    original = Scorer.compare

    def counting(scorer: Scorer, parties: Any, pairs: Any, frequency: Any) -> Any:
        nonlocal compared
        compared += len(pairs)
        return original(scorer, parties, pairs, frequency)

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    monkeypatch.setattr(Scorer, "compare", counting)
    event.listen(workshop.engine, "before_cursor_execute", count)
    started = time.perf_counter()
    resolve(workshop.work)
    seconds = time.perf_counter() - started
    ((touched,),) = workshop.sql("select count(*) from master.event where cs > :last", last=last)
    assert 1 <= touched <= 5
    assert compared <= 100
    assert statements <= 90
    assert seconds < 0.5


def test_resolving_without_news_writes_nothing(workshop: Workshop) -> None:
    rows = [shared_number(n) for n in range(1, 5)]
    workshop.take_in(rows)
    before = workshop.sql("select last_cs from master.clock")
    workshop.take_in(rows)
    assert workshop.sql("select last_cs from master.clock") == before
