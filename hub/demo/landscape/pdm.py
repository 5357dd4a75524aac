"""What the PDM knows of a landscape: owners in their own disguises, and what they bought.

About 35 of 100 organisations own a product. An owner that moved has been entered anew, at its new address, while what
it bought before hangs on the old entry: only who recognises both as one customer sees all it owns. Every block is made
from the seed and its number alone, with chance of its own, so that the other systems' records stay as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hub.demo.landscape.customers import Customer
from hub.demo.landscape.disguises import DISGUISES, disguise
from hub.demo.landscape.drafts import Draft, draft
from hub.demo.landscape.evidence import evidence
from hub.demo.landscape.geography import Address
from hub.demo.landscape.landscape import Block, Landscape
from hub.demo.landscape.pdm_products import items, some_options
from hub.demo.landscape.sources import Record
from hub.demo.landscape.truth import Truth, TruthPair, TruthRow, pairs_of, rows_of

# probability that a customer of a kind owns a product
SHARES = {"organisation": 0.38, "foreign": 0.38, "public_body": 0.3, "individual_business": 0.08}
# engineers type names from the name plate order: official forms, few titles, many lost legal forms
_CARELESSNESS = {
    "former_name": 0.25,
    "region_suffix": 0.02,
    "region_lost": 0.02,
    "word_lost": 0.03,
    "legal_form": 0.16,
    "legal_form_lost": 0.12,
    "english_name": 0.05,
    "pinyin_name": 0.004,
    "short_name": 0.03,
    "homophone": 0.01,
    "lost_character": 0.006,
    "traditional": 0.03,
    "bracket_width": 0.08,
    "spacing": 0.03,
    "remark": 0.02,
    "mojibake": 0.004,
    "other_address": 0.2,
    "old_district": 0.15,
    "room_lost": 0.2,
    "suffix_lost": 0.15,
    "other_phone": 0.15,
    "phone_no_area_code": 0.08,
    "phone_international": 0.12,
    "phone_format": 0.25,
    "phone_extension": 0.05,
    "other_email": 0.2,
    "email_case": 0.08,
    "old_tax_id": 0.08,
    "id_typo": 0.01,
    "placeholder": 0.03,
}
_RATES = {kind: _CARELESSNESS[kind] for kind in DISGUISES if kind in _CARELESSNESS}
_FILLED = {"identifier": 0.5, "landline": 0.8, "mobile": 0.0, "email": 0.5, "fax": 0.0}
_ENTERED_ANEW = 0.6
_KNOWS_ERP_NUMBER = 0.25
# no other stream gives a customer more than twelve records, and additions use the sixteenth
_FIRST_SERIAL = 12
_NEWEST = dt.datetime(2026, 10, 30, 18, 0)  # noqa: DTZ001 - the PDM writes its own local time without an offset
_OLDEST_SALE, _NEWEST_SALE = dt.date(2016, 1, 4), dt.date(2026, 10, 23)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the PDM holds of one block; documents in the shape that ``hub.demo.systems.pdm.load`` takes.

    Args:
        records: the owners as source records, with the truth about them.
        owners: their documents, in the same order.
        customer_parts: what they call the items.
        configurations: single products as sold.
    """

    records: list[Record]
    owners: list[dict[str, Any]]
    customer_parts: list[dict[str, Any]]
    configurations: list[dict[str, Any]]


def holdings(landscape: Landscape) -> Iterator[Holdings]:
    """Make what the PDM holds, block by block."""
    for number, block in enumerate(landscape.blocks()):
        yield holdings_of(landscape, number, block)


def owners(landscape: Landscape) -> Iterator[dict[str, Any]]:
    """Make the documents of the stream ``owner``."""
    return (document for block in holdings(landscape) for document in block.owners)


def item_documents() -> Iterator[dict[str, Any]]:
    """Make the documents of the stream ``item``, the same in every landscape."""
    for number, item in enumerate(items()):
        modified = _NEWEST - dt.timedelta(days=400 + number * 17)
        yield {
            "code": item.code,
            "name": item.name,
            "revision": item.revision,
            "unit": item.unit,
            "modified": modified.isoformat(),
        }


def customer_parts(landscape: Landscape) -> Iterator[dict[str, Any]]:
    """Make the documents of the stream ``customer_part``."""
    return (document for block in holdings(landscape) for document in block.customer_parts)


def configurations(landscape: Landscape) -> Iterator[dict[str, Any]]:
    """Make the documents of the stream ``configuration``."""
    return (document for block in holdings(landscape) for document in block.configurations)


def truth(landscape: Landscape) -> Truth:
    """Tell who the owners are: their rows, and every labelled pair with an owner in it.

    It goes with the landscape's own truth: a reader of both chains the rows, and the pairs.
    """

    def truth_rows() -> Iterator[TruthRow]:
        for block in holdings(landscape):
            yield from rows_of(block.records)

    def truth_pairs() -> Iterator[TruthPair]:
        for number, block in enumerate(landscape.blocks()):
            records = holdings_of(landscape, number, block).records
            for pair in pairs_of([*block.records, *records], block.relations):
                if "pdm" in {pair.a[0], pair.b[0]}:
                    yield pair

    return Truth(truth_rows, truth_pairs)


def holdings_of(landscape: Landscape, number: int, block: Block) -> Holdings:
    """Make what the PDM knows of a block's customers.

    Args:
        landscape: gives the seed.
        number: of the block.
        block: the block.
    """
    rng = Random(f"{landscape.seed}/pdm/{number}")
    erp_numbers = {r.customer.number: r.ref for r in block.records if r.system == "erp"}
    made = Holdings([], [], [], [])
    for customer in block.customers:
        if customer.pinned or rng.random() >= SHARES.get(customer.kind, 0.0):
            continue
        records = _records(customer, rng, landscape.mix.disguise)
        made.records.extend(records)
        for record in records:
            erp_number = erp_numbers.get(customer.number) if rng.random() < _KNOWS_ERP_NUMBER else None
            made.owners.append(_owner(record, erp_number, rng))
        made.customer_parts.extend(_customer_parts(records, rng))
        made.configurations.extend(_configurations(records, rng))
    return made


def _records(customer: Customer, rng: Random, strength: float) -> list[Record]:
    """Enter a customer: once, or at its old address and again at its new one."""
    moved = customer.old_address is not None and rng.random() < _ENTERED_ANEW * min(strength, 1.0)
    entries = [_entry(customer, rng, strength, customer.old_address)] if moved else []
    entries.append(_entry(customer, rng, strength, None))
    serial = customer.number * 16 + _FIRST_SERIAL
    return [
        Record("pdm", "owner", _reference(serial + place), customer, entry, evidence(entry), serial + place)
        for place, entry in enumerate(entries)
    ]


def _entry(customer: Customer, rng: Random, strength: float, old_address: Address | None) -> Draft:
    entry = draft(customer)
    for attribute, chance in _FILLED.items():
        if rng.random() >= chance:
            setattr(entry, attribute, "")
    rates = {kind: rate * strength for kind, rate in _RATES.items()}
    if old_address is not None:
        entry.address = old_address
        entry.kinds.append("moved_address")
        rates.pop("other_address")
    disguise(entry, rates, rng)
    return entry


def _reference(serial: int) -> str:
    """Make the owner's number; its order tells nothing about who belongs to whom."""
    return f"OW{serial * 5_915_587 % 100_000_007:08d}"


def _owner(record: Record, erp_number: str | None, rng: Random) -> dict[str, Any]:
    d = record.draft
    return {
        "id": record.ref,
        "name": d.name,
        "address": d.address.line or None,
        "city": d.address.city,
        "country": d.address.country,
        "phone": d.landline or None,
        "email": d.email or None,
        "tax_id": d.identifier or d.tax_id or None,
        "erp_number": erp_number,
        "modified": _some_moment(rng, old="moved_address" in d.kinds),
    }


def _customer_parts(records: Sequence[Record], rng: Random) -> Iterator[dict[str, Any]]:
    if rng.random() < 0.45:
        return
    prefix = "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=2))
    for item in rng.sample(items(), rng.randint(1, 3)):
        since = _some_day(rng)
        yield {
            "owner_id": rng.choice(records).ref,
            "item": item.code,
            "customer_part": f"{prefix}-{rng.randrange(10**6):06d}",
            "description": rng.choice((item.name, f"{item.name.split()[0]}({prefix}线)", f"备件 {item.name}")),
            "since": since.isoformat(),
            "modified": _soon_after(since, rng),
        }


def _configurations(records: Sequence[Record], rng: Random) -> Iterator[dict[str, Any]]:
    """Give every entry one to four products: a customer entered anew has some under either."""
    for record in records:
        for place in range(rng.randint(1, 4)):
            item, sold_on = rng.choice(items()), _some_day(rng)
            yield {
                "serial": f"{item.code[:2]}{sold_on:%y%m}{(record.serial * 4 + place) * 5_915_587 % 999_999_937:09d}",
                "owner_id": record.ref,
                "item": item.code,
                "sold_on": sold_on.isoformat(),
                "options": some_options(rng),
                "modified": _soon_after(sold_on, rng),
            }


def _some_day(rng: Random) -> dt.date:
    return _OLDEST_SALE + dt.timedelta(days=rng.randrange((_NEWEST_SALE - _OLDEST_SALE).days))


def _some_moment(rng: Random, *, old: bool) -> str:
    """Draw when an entry was last touched; one at an address that was left, years ago."""
    back = dt.timedelta(days=rng.randint(1500, 3000) if old else rng.randint(0, 900), seconds=rng.randrange(36_000))
    return (_NEWEST - back).isoformat()


def _soon_after(day: dt.date, rng: Random) -> str:
    hours = dt.timedelta(days=rng.randint(0, 6), hours=8, seconds=rng.randrange(36_000))
    return (dt.datetime.combine(day, dt.time()) + hours).isoformat()
