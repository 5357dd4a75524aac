"""The peer's settings: for every set the blocking rules and comparisons that its project's tutorials would choose.

After the project's documentation, <https://moj-analytical-services.github.io/splink/>: names by Jaro-Winkler with term
frequencies, dates and mail by the comparisons made for them, a handful of blocking rules joined by equality, u from
random pairs, m by expectation maximisation under two or three rules in turn, clusters at a probability of 0.95.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from splink import block_on
from splink import comparison_library as compare

PROBABILITY = 0.95
"""Pairs at least this probable are joined."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """What the peer is told of a set.

    Args:
        comparisons: of the columns.
        rules: blocking rules; a pair that meets one is scored.
        training: rules under which m is learnt, in turn.
        certain: rules taken for true, from which the prior is estimated.
        recall: of the certain rules, as their user would guess it.
        derived: columns to add, name to SQL expression.
        max_pairs: random pairs from which u is estimated.
    """

    comparisons: list[Any]
    rules: list[Any]
    training: list[Any]
    certain: list[Any]
    recall: float
    derived: Mapping[str, str]
    max_pairs: float = 1e6


def _name(column: str) -> Any:
    return compare.JaroWinklerAtThresholds(column, [0.92, 0.8]).configure(term_frequency_adjustments=True)


def _exact(column: str) -> Any:
    return compare.ExactMatch(column).configure(term_frequency_adjustments=True)


def _fake1000() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            compare.NameComparison("first_name"),
            compare.NameComparison("surname"),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            _exact("city"),
            compare.EmailComparison("email"),
        ],
        rules=[block_on("first_name", "city"), block_on("surname"), block_on("dob"), block_on("email")],
        training=[block_on("first_name", "surname"), block_on("dob"), block_on("email")],
        certain=[block_on("first_name", "surname", "dob"), block_on("email")],
        recall=0.7,
        derived={},
    )


def _febrl3() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            compare.NameComparison("given_name"),
            compare.NameComparison("surname"),
            compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.LevenshteinAtThresholds("soc_sec_id", [2]),
            _exact("street_number"),
            compare.LevenshteinAtThresholds("postcode", [2]),
            _name("address_1"),
        ],
        rules=[
            block_on("soc_sec_id"),
            block_on("date_of_birth"),
            block_on("given_name", "surname"),
            block_on("given_name", "postcode"),
            block_on("surname", "postcode"),
            block_on("address_1", "street_number"),
        ],
        training=[block_on("date_of_birth"), block_on("postcode"), block_on("soc_sec_id")],
        certain=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        recall=0.8,
        derived={},
    )


def _hist50k() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            compare.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            compare.PostcodeComparison("postcode_fake"),
            _exact("birth_place"),
            _exact("occupation"),
        ],
        rules=[
            block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"),
            block_on("substr(postcode_fake, 1, 3)", "first_name"),
            block_on("substr(postcode_fake, 1, 3)", "surname"),
            block_on("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
        ],
        training=[block_on("first_name", "surname"), block_on("dob")],
        certain=[block_on("first_name", "surname", "dob"), block_on("first_name", "dob", "postcode_fake")],
        recall=0.6,
        derived={"both_names": "concat_ws(' ', first_name, surname)"},
        max_pairs=5e6,
    )


def _chicago_orgs() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            compare.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]).configure(term_frequency_adjustments=True),
            compare.JaroWinklerAtThresholds("address", [0.95, 0.88, 0.7]).configure(term_frequency_adjustments=True),
            _exact("zip"),
            compare.LevenshteinAtThresholds("phone", [1, 2]),
        ],
        rules=[
            block_on("phone"),
            block_on("address"),
            block_on("name"),
            block_on("substr(name, 1, 6)", "substr(address, 1, 4)"),
            block_on("substr(name, 1, 5)", "zip"),
        ],
        training=[block_on("phone"), block_on("address"), block_on("name")],
        certain=[block_on("name", "address"), block_on("name", "phone")],
        recall=0.6,
        derived={},
    )


def _person() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            compare.NameComparison("given_name"),
            compare.NameComparison("family_name"),
            compare.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            compare.EmailComparison("email_address"),
            compare.JaroWinklerAtThresholds("residential_address_line1", [0.92, 0.8]),
            compare.JaroWinklerAtThresholds("residential_city", [0.92, 0.8]),
            _exact("residential_postal_code"),
        ],
        rules=[
            block_on("given_name", "family_name"),
            block_on("given_name", "residential_city"),
            block_on("family_name", "residential_city"),
            block_on("residential_address_line1"),
            block_on("birth_date", "residential_postal_code"),
            block_on("email_address"),
        ],
        training=[block_on("given_name", "family_name"), block_on("birth_date", "residential_postal_code")],
        certain=[block_on("given_name", "family_name", "birth_date"), block_on("email_address", "birth_date")],
        recall=0.5,
        derived={},
    )


def _company() -> PeerSettings:
    return PeerSettings(
        comparisons=[
            _name("legal_name"),
            _name("trading_name"),
            compare.DamerauLevenshteinAtThresholds("date_of_incorporation", [1, 2]),
            compare.JaroWinklerAtThresholds("registered_address_line1", [0.92, 0.8]),
            compare.JaroWinklerAtThresholds("registered_city", [0.92, 0.8]),
            _exact("registered_country"),
        ],
        rules=[
            block_on("legal_name", "trading_name", "registered_country"),
            block_on("legal_name", "registered_city", "registered_country"),
            block_on("trading_name", "registered_city", "registered_country"),
            block_on("date_of_incorporation", "registered_country"),
            block_on("registered_address_line1"),
        ],
        training=[
            block_on("legal_name", "trading_name", "registered_country"),
            block_on("date_of_incorporation", "registered_country"),
        ],
        certain=[block_on("legal_name", "trading_name", "date_of_incorporation")],
        recall=0.5,
        derived={},
    )


SETTINGS = {
    "fake1000": _fake1000,
    "febrl3": _febrl3,
    "hist50k": _hist50k,
    "chicago_orgs": _chicago_orgs,
    "person": _person,
    "company": _company,
}
"""The settings by set."""
