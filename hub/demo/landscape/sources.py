"""Which system knows a customer, how often, and how carefully it writes: one profile for each stream.

The ERP has official names, good identifiers, old addresses and short columns; the SCM's ship-to list short names and
mobiles; the dealer list is somebody's spreadsheet; the trading partners' EDI master is half English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from hub.demo.landscape.customers import Customer, Mix
from hub.demo.landscape.disguises import DISGUISES, disguise
from hub.demo.landscape.drafts import Draft, draft
from hub.demo.landscape.evidence import Evidence, evidence
from hub.demo.landscape.identifiers import gln

RecordRef = tuple[str, str, str]
"""System, stream and native key of a source record."""

# How often two records of one company differ so (331 labelled pairs of real names); a profile scales them.
_NAME_RATES = {
    "legal_form": 0.28,
    "legal_form_misspelt": 0.02,
    "legal_form_lost": 0.17,
    "bracket_width": 0.11,
    "word_added": 0.09,
    "word_lost": 0.09,
    "traditional": 0.06,
    "region_lost": 0.04,
    "region_moved": 0.02,
    "region_suffix": 0.05,
    "region_added": 0.03,
    "former_name": 0.30,
    "successor": 0.25,
    "abbreviation": 0.015,
    "order_swap": 0.04,
    "homophone": 0.02,
    "shape": 0.015,
    "lost_character": 0.010,
    "doubled_character": 0.010,
    "transposed_characters": 0.010,
    "spacing": 0.04,
    "remark": 0.03,
    "pasted_twice": 0.010,
    "mojibake": 0.012,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """How a stream writes customers.

    Args:
        system: system code.
        stream: stream name.
        share: probability that a customer is known here.
        again: probability of each further record of a customer already known here.
        names: factor on the rates of name variation.
        rates: rates of all other disguises.
        filled: probability that an attribute is filled at all; an attribute not named is never written.
    """

    system: str
    stream: str
    share: float
    again: float
    names: float
    rates: Mapping[str, float]
    filled: Mapping[str, float]


ERP = Profile(
    "erp",
    "party",
    0.50,
    0.20,
    0.35,
    rates={
        "truncation_40": 0.25,
        "truncation_30": 0.12,
        "truncation_20": 0.010,
        "moved_address": 0.5,
        "old_district": 0.35,
        "old_tax_id": 0.13,
        "id_typo": 0.015,
        "phone_format": 0.15,
        "phone_no_area_code": 0.07,
        "phone_extension": 0.05,
        "two_numbers": 0.03,
        "email_case": 0.08,
        "suffix_lost": 0.1,
        "placeholder": 0.03,
        "english_name": 0.02,
        "other_phone": 0.1,
        "other_email": 0.15,
        "pinyin_name": 0.004,
        "room_lost": 0.15,
    },
    filled={"identifier": 0.88, "landline": 0.8, "mobile": 0.35, "email": 0.5, "fax": 0.2, "address": 0.95},
)
SHIP_TO = Profile(
    "scm",
    "ship_to",
    0.31,
    0.24,
    0.75,
    rates={
        "short_name": 0.10,
        "person_title": 0.15,
        "surname_only": 0.12,
        "other_contact": 0.35,
        "swapped_columns": 0.008,
        "other_address": 0.33,
        "old_district": 0.1,
        "suffix_lost": 0.2,
        "room_lost": 0.2,
        "phone_format": 0.3,
        "phone_international": 0.08,
        "phone_no_area_code": 0.12,
        "phone_extension": 0.06,
        "two_numbers": 0.05,
        "other_phone": 0.25,
        "other_email": 0.3,
        "email_case": 0.1,
        "email_fullwidth": 0.03,
        "old_tax_id": 0.18,
        "id_typo": 0.03,
        "placeholder": 0.07,
        "truncation_20": 0.01,
        "excel_damage": 0.04,
        "english_name": 0.01,
        "pinyin_name": 0.003,
    },
    filled={"identifier": 0.64, "landline": 0.65, "mobile": 0.55, "email": 0.35, "address": 0.97, "contact": 0.85},
)
DEALER = Profile(
    "scm",
    "dealer",
    0.85,
    0.06,
    0.8,
    rates={
        "excel_damage": 0.3,
        "remark": 0.06,
        "short_name": 0.12,
        "other_contact": 0.3,
        "person_title": 0.15,
        "surname_only": 0.1,
        "swapped_columns": 0.012,
        "other_address": 0.12,
        "moved_address": 0.2,
        "room_lost": 0.25,
        "suffix_lost": 0.5,
        "old_district": 0.2,
        "phone_format": 0.35,
        "phone_international": 0.1,
        "phone_no_area_code": 0.1,
        "two_numbers": 0.12,
        "other_phone": 0.2,
        "other_email": 0.25,
        "email_case": 0.12,
        "email_fullwidth": 0.04,
        "old_tax_id": 0.1,
        "id_typo": 0.02,
        "placeholder": 0.05,
    },
    filled={"identifier": 0.55, "landline": 0.9, "mobile": 0.5, "email": 0.6, "address": 0.9, "contact": 0.85},
)
PARTNER = Profile(
    "scm",
    "partner",
    0.12,
    0.05,
    0.45,
    rates={
        "english_name": 0.16,
        "pinyin_name": 0.03,
        "english_address": 0.2,
        "phone_international": 0.4,
        "phone_format": 0.1,
        "other_phone": 0.15,
        "other_email": 0.25,
        "email_case": 0.1,
        "old_tax_id": 0.06,
        "id_typo": 0.01,
        "placeholder": 0.03,
        "truncation_40": 0.25,
        "other_contact": 0.3,
        "other_address": 0.1,
        "moved_address": 0.15,
        "room_lost": 0.1,
    },
    filled={"identifier": 0.72, "landline": 0.8, "email": 0.6, "address": 0.97, "contact": 0.6},
)
PROFILES = (ERP, SHIP_TO, DEALER, PARTNER)
STREAMS = frozenset(profile.stream for profile in PROFILES)


@dataclass(frozen=True, slots=True)
class Record:
    """One source record: its key, what it says, and the truth about it."""

    system: str
    stream: str
    ref: str
    customer: Customer
    draft: Draft
    evidence: Evidence
    serial: int

    @property
    def key(self) -> RecordRef:
        """System, stream and native key."""
        return (self.system, self.stream, self.ref)


def records(customer: Customer, rng: Random, mix: Mix) -> Iterator[Record]:
    """Write a customer into the systems that know it, at least into one."""
    serial = customer.number * 16
    for profile, count in _presence(customer, rng, mix):
        drafts = [_write(customer, profile, rng, mix, again=again > 0) for again in range(count)]
        if any("recreated" in later.kinds for later in drafts[1:]):
            drafts[0].status = "停用"
        for written in drafts:
            yield Record(
                profile.system, profile.stream, _ref(profile, serial), customer, written, evidence(written), serial
            )
            serial += 1


def faithful_record(customer: Customer, profile: Profile, serial: int) -> Record:
    """Write a customer exactly as it is."""
    written = draft(customer)
    return Record(profile.system, profile.stream, _ref(profile, serial), customer, written, evidence(written), serial)


def _presence(customer: Customer, rng: Random, mix: Mix) -> list[tuple[Profile, int]]:
    if customer.pinned:
        return [(profile, 1) for profile in PROFILES if profile.stream in customer.pinned]
    known = [profile for profile in PROFILES if rng.random() < _share(customer, profile, mix)]
    if not known:
        known = [rng.choices((ERP, SHIP_TO, PARTNER), (62, 30, 8 if customer.kind != "person" else 0))[0]]
    return [(profile, 1 + (rng.random() < profile.again) + (rng.random() < profile.again / 5)) for profile in known]


@cache
def _rates(stream: str, mix: Mix) -> dict[str, float]:
    """Rate of every disguise that a stream knows, in the order in which they are put on."""
    profile = next(profile for profile in PROFILES if profile.stream == stream)
    rates = {kind: rate * profile.names for kind, rate in _NAME_RATES.items()} | dict(profile.rates)
    factors = mix.disguises
    return {kind: rates[kind] * factors.get(kind, 1.0) * mix.disguise for kind in DISGUISES if kind in rates}


def _share(customer: Customer, profile: Profile, mix: Mix) -> float:
    if profile is DEALER:
        return profile.share * mix.streams.get(profile.stream, 1.0) if "distributor" in customer.roles else 0.0
    if profile is PARTNER and customer.kind in {"person", "individual_business"}:
        return 0.0
    return profile.share * mix.streams.get(profile.stream, 1.0)


def _write(customer: Customer, profile: Profile, rng: Random, mix: Mix, *, again: bool) -> Draft:
    written = draft(customer)
    _leave_out(written, profile, rng, mix.filled, again=again)
    if customer.kind != "nobody":
        disguise(written, _rates(profile.stream, mix), rng)
    if again and rng.random() < 0.35:
        written.kinds.append("recreated")
    return written


def _leave_out(written: Draft, profile: Profile, rng: Random, filled: float, *, again: bool) -> None:
    for attribute in ("identifier", "landline", "mobile", "email", "fax", "contact"):
        chance = profile.filled.get(attribute, 0.0) * filled
        if attribute == "identifier" and again:
            chance *= 0.6  # a system that checks its identifiers would have refused the second record
        if rng.random() >= chance:
            setattr(written, attribute, "")
    if profile in (DEALER, PARTNER) and written.landline:
        written.mobile = ""  # one column, one number
    if rng.random() >= profile.filled["address"] * filled:
        written.address = written.address.without_street()


def _ref(profile: Profile, serial: int) -> str:
    """Make the native key; its order tells nothing about who belongs to whom."""
    shuffled = serial * 7_368_787 % 100_000_007
    if profile is ERP:
        return f"C{shuffled:08d}"
    if profile is SHIP_TO:
        return f"ST{shuffled:08d}"
    return f"D-{shuffled:08d}" if profile is DEALER else gln(shuffled)
