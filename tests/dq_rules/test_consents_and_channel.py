"""What a steward expects of consents and of what dealers report: a bad record is held with one clear sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from dq_rules import check, flatten, load_rules
from mappings.canonical import (
    CanonicalRecord,
    ChannelStock,
    Consent,
    ConsentState,
    Content,
    Holding,
    HoldingKind,
    Mention,
    MentionRole,
    Order,
    PointKind,
    Reference,
    SellThrough,
)

FOLDER = Path(__file__).parents[2] / "dq_rules"
THEN = datetime(2026, 3, 1, 20, tzinfo=UTC)
AHEAD = timedelta(days=3)
CONSENT = Consent(ConsentState.GRANTED, THEN, "newsletter", until=date(2027, 3, 1), evidence="form 17")
STOCK = ChannelStock("P-100", Decimal(0), "pc", date(2026, 3, 1))
SALES = SellThrough("P-100", Decimal("2.5"), "pc", date(2026, 3, 1), date(2026, 3, 31), Decimal(990), "CNY")
TIES = {"consent": "given_by", "channel_stock": "stocked_by", "sell_through": "sold_by"}
SOUND: list[tuple[str, Content]] = [("consent", CONSENT), ("channel_stock", STOCK), ("sell_through", SALES)]


def record(entity: str, content: Content, *, tied: bool = True) -> CanonicalRecord:
    ties = (Reference(TIES[entity], "shop", "party", "1"),) if tied else ()
    return CanonicalRecord(entity, "report", "1", content, references=ties)


def found(record: CanonicalRecord) -> tuple[list[str], list[str]]:
    """What holds a record, and what is only counted, by the rules of its entity."""
    result = check(load_rules(FOLDER / f"{record.entity}.yaml"), [flatten(record)])
    assert result.blocked == []
    for finding in (*result.quarantined.values(), *result.warnings):
        told = (finding.message, finding.message_zh, finding.remedy, finding.remedy_zh)
        assert all(text and not text.endswith((".", "。")) and "\n" not in text for text in told)
    return [f.rule for f in result.quarantined.values()], [f.rule for f in result.warnings]


@pytest.mark.parametrize(("entity", "content"), SOUND)
def test_a_sound_record_passes(entity: str, content: Content) -> None:
    assert found(record(entity, content)) == ([], [])


@pytest.mark.parametrize(
    ("entity", "content", "rule"),
    [
        ("consent", replace(CONSENT, at=datetime.now(UTC) + AHEAD, until=None), "consent_not_in_future"),
        ("consent", replace(CONSENT, purpose=""), "consent_has_purpose"),
        ("consent", replace(CONSENT, until=date(2026, 2, 27)), "consent_ends_after_it_began"),
        ("channel_stock", replace(STOCK, item=""), "stock_has_item"),
        ("channel_stock", replace(STOCK, quantity=None), "stock_has_quantity"),
        ("channel_stock", replace(STOCK, quantity=Decimal("-0.5")), "stock_not_negative"),
        ("channel_stock", replace(STOCK, on=None), "stock_has_day"),
        ("channel_stock", replace(STOCK, on=(datetime.now(UTC) + AHEAD).date()), "stock_not_in_future"),
        ("sell_through", replace(SALES, item=""), "sales_have_item"),
        ("sell_through", replace(SALES, quantity=None), "sales_have_quantity"),
        ("sell_through", replace(SALES, since=None), "sales_have_period"),
        ("sell_through", replace(SALES, until=None), "sales_have_period"),
        ("sell_through", replace(SALES, since=date(2026, 4, 1)), "sales_days_in_order"),
        ("sell_through", replace(SALES, until=(datetime.now(UTC) + AHEAD).date()), "sales_not_in_future"),
    ],
)
def test_a_bad_record_is_held_and_told_why(entity: str, content: Content, rule: str) -> None:
    assert found(record(entity, content)) == ([rule], [])


@pytest.mark.parametrize(
    ("entity", "content", "rule"),
    [
        ("consent", CONSENT, "consent_of_somebody"),
        ("channel_stock", STOCK, "stock_has_dealer"),
        ("sell_through", SALES, "sales_have_dealer"),
    ],
)
def test_what_is_nobodys_is_held(entity: str, content: Content, rule: str) -> None:
    assert found(record(entity, content, tied=False)) == ([rule], [])


@pytest.mark.parametrize(
    ("entity", "content", "relation", "rule"),
    [
        ("consent", CONSENT, "raised_in", "consent_of_somebody"),
        ("channel_stock", STOCK, "of_item", "stock_has_dealer"),
        ("sell_through", SALES, "sold_to", "sales_have_dealer"),
        ("holding", Holding(HoldingKind.AS_SOLD, "P-100"), "of_item", "holding_has_owner"),
        ("order", Order("SO-1"), "branch_of", "order_has_customer"),
    ],
)
def test_a_reference_to_something_else_does_not_tell_whose_it_is(
    entity: str, content: Content, relation: str, rule: str
) -> None:
    other = (Reference(relation, "shop", "party", "1"),)
    assert found(CanonicalRecord(entity, "report", "1", content, references=other)) == ([rule], [])


def test_a_contact_point_alone_tells_whose_a_consent_is() -> None:
    about = (Mention(PointKind.EMAIL, "li@huaqiang.example", MentionRole.SUBJECT),)
    assert found(record("consent", replace(CONSENT, mentions=about), tied=False)) == ([], [])


@pytest.mark.parametrize(
    ("entity", "content", "rule"),
    [
        ("consent", replace(CONSENT, evidence=""), "consent_can_be_proved"),
        ("channel_stock", replace(STOCK, unit=""), "stock_has_unit"),
        ("sell_through", replace(SALES, quantity=Decimal(-1)), "sales_not_negative"),
        ("sell_through", replace(SALES, currency=""), "sales_amount_has_currency"),
    ],
)
def test_a_doubt_is_counted_and_holds_nothing(entity: str, content: Content, rule: str) -> None:
    assert found(record(entity, content)) == ([], [rule])


@pytest.mark.parametrize("state", [ConsentState.REFUSED, ConsentState.WITHDRAWN])
def test_a_refusal_needs_no_proof(state: ConsentState) -> None:
    assert found(record("consent", replace(CONSENT, state=state, evidence=""))) == ([], [])


def test_a_consent_for_the_day_of_its_own_zone_is_in_order() -> None:
    assert found(record("consent", replace(CONSENT, until=date(2026, 2, 28)))) == ([], [])
