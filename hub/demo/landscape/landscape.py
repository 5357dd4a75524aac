"""The landscape itself: customers in blocks of fifty, each block made from the seed and its number alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hub.demo.landscape import documents
from hub.demo.landscape.customers import Customer, Mix, some_customer
from hub.demo.landscape.disguises import DISGUISES
from hub.demo.landscape.neighbours import Relation, settle
from hub.demo.landscape.sources import STREAMS, Record, records
from hub.demo.landscape.truth import Truth, TruthPair, TruthRow, pairs_of, rows_of

BLOCK = 50


@dataclass(frozen=True, slots=True)
class Block:
    """Fifty customers with all their records, and how they are related among themselves."""

    customers: list[Customer]
    records: list[Record]
    relations: list[Relation]


@dataclass(frozen=True, slots=True)
class Landscape:
    """Customers as several systems know them. Every iterator makes its records on the way and keeps none.

    Args:
        customers: how many customers there truly are.
        seed: the same seed gives the same landscape; a larger one begins with the blocks of a smaller one.
        mix: what it is made of.
    """

    customers: int
    seed: int
    mix: Mix = field(default_factory=Mix)

    def blocks(self) -> Iterator[Block]:
        """Make the blocks one after the other."""
        for number in range(-(-self.customers // BLOCK)):
            yield self.block(number)

    def block(self, number: int) -> Block:
        """Make one block."""
        rng = Random(f"{self.seed}/{number}")
        numbers = range(number * BLOCK, min((number + 1) * BLOCK, self.customers))
        customers = [some_customer(rng, n, self.mix) for n in numbers]
        relations = settle(customers, number, rng, self.mix)
        written = [record for customer in customers for record in records(customer, rng, self.mix)]
        rng.shuffle(written)
        return Block(customers, written, relations)

    def stream(self, name: str) -> Iterator[Record]:
        """Make the records of one stream: ``party``, ``ship_to``, ``dealer`` or ``partner``."""
        return (record for block in self.blocks() for record in block.records if record.stream == name)

    def erp(self) -> Iterator[dict[str, Any]]:
        """Make the ERP's parties as create documents."""
        return map(documents.erp_document, self.stream("party"))

    def ship_tos(self) -> Iterator[dict[str, str]]:
        """Make the SCM's ship-to rows."""
        return map(documents.ship_to_row, self.stream("ship_to"))

    def dealers(self) -> Iterator[dict[str, str | int]]:
        """Make the rows of the dealer spreadsheet."""
        return map(documents.dealer_row, self.stream("dealer"))

    def partners(self) -> Iterator[dict[str, str]]:
        """Make the parties of the EDI partner messages."""
        return map(documents.partner, self.stream("partner"))

    def truth(self) -> Truth:
        """Tell who is who; see :class:`~hub.demo.landscape.truth.Truth`."""

        def rows() -> Iterator[TruthRow]:
            for block in self.blocks():
                yield from rows_of(block.records)

        def pairs() -> Iterator[TruthPair]:
            for block in self.blocks():
                yield from pairs_of(block.records, block.relations)

        return Truth(rows, pairs)


def generate(customers: int = 2000, seed: int = 7, mix: Mix | None = None) -> Landscape:
    """Describe a landscape; nothing is made before one of its iterators is read.

    Args:
        customers: how many customers there truly are; they have about 1.6 records each.
        seed: repeats the landscape.
        mix: what it is made of; by default :class:`~hub.demo.landscape.customers.Mix`.

    Raises:
        ValueError: fewer than one customer, or more than native keys can number (6 million); the mix names a stream or
            a disguise that does not exist.
    """
    if not 1 <= customers <= 6_000_000:
        raise ValueError(f"a landscape has 1 to 6,000,000 customers, not {customers}: choose another number")
    mix = mix or Mix()
    unknown = sorted(mix.disguises.keys() - DISGUISES.keys() | mix.streams.keys() - STREAMS)
    if unknown:
        raise ValueError(f"the mix names {unknown[0]}, which is no kind of disguise and no stream: correct its name")
    return Landscape(customers, seed, mix)
