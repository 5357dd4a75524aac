"""Tomorrow's news: ship-to rows delivered after the first load, for showing what one change sets in motion."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from random import Random

from hub.demo.landscape import documents
from hub.demo.landscape.customers import some_customer
from hub.demo.landscape.identifiers import identifier_key
from hub.demo.landscape.landscape import Landscape
from hub.demo.landscape.sources import SHIP_TO, Record, faithful_record


def append_ship_to(landscape: Landscape, n: int) -> bytes:
    """Make a ship-to file of two rows: a customer that only the ERP knows so far, and one that nobody has met.

    Args:
        landscape: where the known customer comes from.
        n: counts from 0; another n gives two other customers.

    Returns:
        A whole file in GB18030 with its header, to be delivered under the usual name with a later date.

    Raises:
        ValueError: the landscape has no n-th customer known to the ERP alone.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, documents.SHIP_TO_COLUMNS)
    writer.writeheader()
    _, *added = addition(landscape, n)
    writer.writerows(documents.ship_to_row(record) for record in added)
    return text.getvalue().encode("gb18030")


def addition(landscape: Landscape, n: int) -> tuple[Record, Record, Record]:
    """Make the records behind :func:`append_ship_to`.

    Returns:
        The ERP's record of the known customer, that customer's new ship-to record, the unknown customer's.
    """
    known = next(islice(_known_to_the_erp_alone(landscape), n, None), None)
    if known is None:
        raise ValueError(
            f"only the ERP knows fewer than {n + 1} of {landscape.customers} customers: choose a smaller n"
        )
    rng = Random(f"{landscape.seed}/addition/{n}")
    number = landscape.customers + n
    unknown = some_customer(rng, number, landscape.mix)
    while unknown.kind != "organisation":
        unknown = some_customer(rng, number, landscape.mix)
    first_free = 15  # no customer has that many records
    return (
        known,
        faithful_record(known.customer, SHIP_TO, known.customer.number * 16 + first_free),
        faithful_record(unknown, SHIP_TO, number * 16 + first_free),
    )


def _known_to_the_erp_alone(landscape: Landscape) -> Iterator[Record]:
    for block in landscape.blocks():
        related = {number for relation in block.relations for number in (relation.a, relation.b)}
        for record in block.records:
            customer = record.customer
            alone = sum(other.customer is customer for other in block.records) == 1
            identified = identifier_key(record.draft.identifier) and not record.draft.kinds
            if (
                record.system == "erp"
                and customer.kind == "organisation"
                and alone
                and identified
                and customer.number not in related
            ):
                yield record
