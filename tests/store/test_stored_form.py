"""How content is stored: the same text and hash as ever, and every text comes back as it was said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError

from customer_master.store import recording
from customer_master.store.recording import Incoming
from mappings.canonical import (
    Address,
    Attachment,
    CanonicalRecord,
    CaseState,
    Channel,
    Content,
    Direction,
    Email,
    Holding,
    HoldingKind,
    Identifier,
    Interaction,
    Item,
    Kind,
    Mention,
    MentionRole,
    Name,
    NameType,
    Order,
    OrderLine,
    Party,
    Phone,
    PointKind,
    Reference,
    ServiceCase,
    Step,
    canonical_hash,
    from_payload,
    to_payload,
)
from tests.store.workshop import Workshop

AWKWARD = 'a\\b\\N\\.\t"c"\r\n\b\f\x1f\x7f\u2028\u200b{},😀华强'
"""What COPY, JSON or an array would read as something else, were it not escaped."""

_CHINA = timezone(timedelta(hours=8))
_NOON = datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=_CHINA)
_MENTIONS = (Mention(PointKind.PHONE, "+8675526988888", MentionRole.CALLER, AWKWARD),)

HELD: dict[str, tuple[str, Content]] = {
    "e6361fbfba77f915ba6daa3a881538647c890b906a26c2c204c0096f8b996809": (
        "party",
        Party(
            Kind.SITE,
            names=(Name(AWKWARD, NameType.FORMER, "zh"), Name("B")),
            identifiers=(Identifier("vat", "DE1", valid=False),),
            addresses=(Address(AWKWARD, region="440300"),),
            phones=(Phone("+8675526988888", "12", "fax"),),
            emails=(Email("li@example.com"),),
            contacts=("李", ""),
            active=False,
        ),
    ),
    "c5300ec156e777c9a5f87fe5c6ceadb4d92336fe702e3c891f5c37c51a3993bc": ("party", Party(Kind.PERSON)),
    "38338a266dcfe043652acbc59f6480697b4ffbb5f9bd7b49543d06f106f2fa4c": (
        "interaction",
        Interaction(
            Channel.EMAIL,
            Direction.INTERNAL,
            _NOON,
            subject=AWKWARD,
            mentions=_MENTIONS,
            attachments=(Attachment("a.pdf", "application/pdf", 0, "00"),),
        ),
    ),
    "1e6961d9600bb41fb2be64e48cad26cb4c81685d6d2e4ba7820bf360ce806caf": (
        "case",
        ServiceCase(CaseState.HANDLED, _NOON, steps=(Step(CaseState.REPORTED, _NOON, AWKWARD),)),
    ),
    "3622b9dfe980c5474f84098164844b08bab7a1a6eb1aae5d9d4f93c285c75169": (
        "order",
        Order(
            "1",
            on=date(2026, 2, 28),
            total=Decimal("0.00"),
            lines=(OrderLine("i", AWKWARD, Decimal("1E+3"), "", None),),
        ),
    ),
    "85d449e9f8fd4384bcea6325e7802baf2245894732c47b5cd5229ef49eb3846f": (
        "holding",
        Holding(HoldingKind.AS_SOLD, "i", configuration=(AWKWARD, "")),
    ),
    "fb59cc20528da154e8281dab61848498d533fd6be632e91d52fea64b8c17fb87": ("item", Item(AWKWARD)),
}
"""Hash that databases hold -> entity and content it is of."""


@pytest.mark.parametrize("hash_", HELD)
def test_what_databases_hold_is_still_recognised(hash_: str) -> None:
    entity, content = HELD[hash_]
    references = (Reference("ordered_by", "erp", "party", AWKWARD),)
    assert canonical_hash(to_payload(CanonicalRecord(entity, "t", "1", content, references=references))) == hash_


def test_an_instant_of_any_zone_is_stored_in_utc_and_nothing_is_left_out() -> None:
    call = Interaction(Channel.CALL, Direction.INBOUND, _NOON)
    payload = to_payload(CanonicalRecord("interaction", "call", "1", call))
    assert payload["at"] == "2026-03-01T04:00:00.999Z"
    assert payload["duration"] == 0, "zero is a duration"
    assert "subject" not in payload
    assert payload == to_payload(
        CanonicalRecord("interaction", "call", "1", Interaction(call.channel, call.direction, _NOON.astimezone(UTC)))
    )


def _said(key: str, name: str, correlation: str = "") -> Incoming:
    party = Party(Kind.ORGANISATION, names=(Name(name),), emails=(Email("li@example.com"),))
    return Incoming(CanonicalRecord("party", "party", key, party, correlation), "1", 1, 0, f"row {key}", "mapping")


def _take(workshop: Workshop, *incoming: Incoming) -> None:
    with workshop.engine.begin() as db:
        system_id = recording.ensure_system(db, code="erp", kind="erp", org_unit="headquarters")
        decision = recording.decide(incoming, recording.lookup(db, system_id, incoming), {})
        recording.record(db, decision, system_id=system_id, org_unit="headquarters", actor="test")


_STORED = """
select r.native_key, r.correlation, v.payload, v.payload_hash, v.evidence, e.tokens
from master.source_record r join master.source_record_version v on v.record_id = r.id
join master.search_entry e on e.record_id = r.id order by r.id
"""


@pytest.mark.postgres
def test_awkward_texts_come_back_as_they_were_said(workshop: Workshop) -> None:
    incoming = [_said("1", "plain"), _said(AWKWARD, AWKWARD, correlation=AWKWARD), _said("3", "\\")]
    _take(workshop, *incoming)
    rows = workshop.sql(_STORED)
    assert [(row.native_key, row.correlation) for row in rows] == [("1", None), (AWKWARD, AWKWARD), ("3", None)]
    assert [from_payload(row.payload) for row in rows] == [i.record.content for i in incoming]
    assert [canonical_hash(row.payload) for row in rows] == [row.payload_hash for row in rows]
    assert [row.evidence for row in rows] == [None, None, None]
    assert [row.tokens == sorted(set(row.tokens)) for row in rows] == [True, True, True]
    assert {"k:1", "m:li@example.com", "m:@example.com", "n:pl", "n:in"} <= set(rows[0].tokens)


@pytest.mark.postgres
def test_a_text_no_database_can_hold_is_refused_whole(workshop: Workshop) -> None:
    with pytest.raises(DBAPIError):
        _take(workshop, _said("1", "plain"), _said("2", "a\0b"))
    assert workshop.sql(_STORED) == []
