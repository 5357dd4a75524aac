"""Which consents hold: the latest word of each purpose, channel and contact point, and what must not be used."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

import hub.cli
from customer_master.store.consents import Said, consents_in_force, in_force, refused
from customer_master.store.customer import timeline
from customer_master.store.parties import parties_of
from customer_master.store.visibility import Viewer
from hub.master.context import By
from hub.master.erasure import erase
from mappings.canonical import (
    CanonicalRecord,
    Channel,
    Consent,
    ConsentState,
    Mention,
    MentionRole,
    PointKind,
    Reference,
    to_payload,
)
from tests.store.activities import take
from tests.store.workshop import Workshop, erp_row

TODAY = date(2026, 11, 29)
LI, ZHAO = "li@huaqiang.com", "zhao@mail.example"
LANDLINE = "+8675526988888"
GRANTED, REFUSED, WITHDRAWN = ConsentState
CALL, EMAIL = Channel.CALL, Channel.EMAIL


def consent(month: int, state: ConsentState, *channels: Channel, about: str = "", **more: Any) -> Consent:
    """Somebody's word of the first of a month of 2026."""
    kind = PointKind.EMAIL if "@" in about else PointKind.PHONE
    mentions = (Mention(kind, about, MentionRole.SUBJECT),) if about else ()
    said = {"purpose": "newsletter", "channels": channels, "mentions": mentions, **more}
    return Consent(state, datetime(2026, month, 1, 4, tzinfo=UTC), **said)


def record(key: str, content: Consent, *, given_by: str = "") -> CanonicalRecord:
    references = (Reference("given_by", "erp", "party", given_by),) if given_by else ()
    return CanonicalRecord("consent", "consent", key, content, references=references)


def entry(number: int, content: Consent) -> Said:
    return Said(number, f"crm/consent/{number}", to_payload(record(str(number), content)))


def told(*said: Consent) -> set[tuple[str | None, str, str, int]]:
    """What holds: channel, contact point, state, month; it must not depend on the order of arrival."""
    entries = [entry(n, c) for n, c in enumerate(said)]
    found = {
        tuple((w.channel, w.point, w.state, int(w.since[5:7])) for w in in_force(order, TODAY))
        for order in permutations(entries)
    }
    (only,) = found
    assert len(set(only)) == len(only)
    return set(only)


def test_the_latest_word_about_a_channel_wins() -> None:
    assert told(consent(1, GRANTED, EMAIL), consent(5, WITHDRAWN, EMAIL)) == {("email", "", "withdrawn", 5)}
    assert told(consent(5, GRANTED, EMAIL), consent(1, REFUSED, EMAIL)) == {("email", "", "granted", 5)}


def test_a_word_about_all_channels_takes_back_those_about_one_and_not_the_other_way() -> None:
    assert told(consent(1, GRANTED, EMAIL, CALL), consent(5, WITHDRAWN)) == {(None, "", "withdrawn", 5)}
    assert told(consent(1, GRANTED), consent(5, REFUSED, CALL)) == {
        (None, "", "granted", 1), ("call", "", "refused", 5),
    }  # fmt: skip


def test_a_word_about_one_address_leaves_the_others() -> None:
    assert told(consent(1, GRANTED, EMAIL), consent(5, REFUSED, EMAIL, about=LI)) == {
        ("email", "", "granted", 1), ("email", LI, "refused", 5),
    }  # fmt: skip
    assert told(consent(1, REFUSED, about=LI), consent(5, GRANTED)) == {(None, "", "granted", 5)}


def test_purposes_do_not_touch_one_another() -> None:
    both = told(consent(1, GRANTED, EMAIL), consent(5, REFUSED, EMAIL, purpose="survey"))
    assert both == {("email", "", "granted", 1), ("email", "", "refused", 5)}


def test_of_two_words_of_the_same_moment_the_refusal_counts() -> None:
    assert told(consent(1, GRANTED, EMAIL), consent(1, REFUSED, EMAIL)) == {("email", "", "refused", 1)}


def test_a_word_holds_on_its_last_day_and_then_none_does() -> None:
    earlier = consent(1, GRANTED, EMAIL)
    assert told(earlier, consent(5, GRANTED, EMAIL, until=TODAY)) == {("email", "", "granted", 5)}
    assert told(earlier, consent(5, GRANTED, EMAIL, until=date(2026, 11, 28))) == set()


@pytest.mark.parametrize(
    ("said", "kind", "point", "purposes"),
    [
        ([consent(1, REFUSED, EMAIL)], "email", LI, ["newsletter"]),
        ([consent(1, REFUSED, EMAIL)], "phone", LANDLINE, []),
        ([consent(1, REFUSED)], "phone", LANDLINE, ["newsletter"]),
        ([consent(1, WITHDRAWN)], "address", "", ["newsletter"]),
        ([consent(1, REFUSED, CALL)], "fax", LANDLINE, []),
        ([consent(1, GRANTED), consent(5, REFUSED, EMAIL, about=LI)], "email", LI, ["newsletter"]),
        ([consent(1, GRANTED), consent(5, REFUSED, EMAIL, about=LI)], "email", ZHAO, []),
        ([consent(1, REFUSED), consent(5, GRANTED, EMAIL, about=LI)], "email", LI, []),
        ([consent(1, REFUSED), consent(5, REFUSED, purpose="survey")], "email", LI, ["newsletter", "survey"]),
        ([], "email", LI, []),
    ],
)  # fmt: skip
def test_a_contact_point_is_refused_for_the_purposes_of_which_the_latest_word_forbids_it(
    said: list[Consent], kind: str, point: str, purposes: list[str]
) -> None:
    assert refused(in_force([entry(n, c) for n, c in enumerate(said)], TODAY), kind, point) == purposes


def test_a_customer_has_the_consents_that_name_it_or_its_address(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子", contact_mechanisms=[{"type": "email", "value": LI}])])
    take(
        workshop,
        record("A", consent(1, GRANTED, EMAIL), given_by="1"),
        record("B", consent(5, REFUSED, EMAIL, about=LI)),
        record("C", consent(6, GRANTED, EMAIL, about=ZHAO, purpose="survey")),
        system="crm",
    )
    with workshop.engine.begin() as db:
        (party_id,) = set(parties_of(db, [1]).values())
        found = consents_in_force(db, party_id, TODAY)
        assert [(w.source, w.point, w.state) for w in found] == [
            ("crm/consent/B", LI, "refused"), ("crm/consent/A", "", "granted"),
        ]  # fmt: skip
        assert found[0].since == "2026-05-01T04:00:00.000Z"
        assert consents_in_force(db, party_id, TODAY, Viewer("wang", frozenset({"elsewhere"}))) == []


def test_a_customer_that_a_consent_refers_to_otherwise_has_not_given_it(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子"), erp_row(2, name="上海远大机械有限公司")])
    given = record("A", consent(1, REFUSED), given_by="1")
    take(workshop, replace(given, references=(*given.references, Reference("contact_of", "erp", "party", "2"))))
    with workshop.engine.begin() as db:
        first, second = (parties_of(db, [n])[n] for n in (1, 2))
        assert [w.state for w in consents_in_force(db, first, TODAY)] == ["refused"]
        assert consents_in_force(db, second, TODAY) == []


def test_what_is_said_about_a_shared_contact_point_holds_for_all_who_have_it(workshop: Workshop) -> None:
    switchboard = [{"type": "phone", "value": "0755-26988888"}]
    workshop.take_in(
        [
            erp_row(1, name="华强电子", contact_mechanisms=switchboard),
            erp_row(2, name="上海远大机械有限公司", contact_mechanisms=switchboard),
        ]
    )
    take(workshop, record("A", consent(1, REFUSED, about=LANDLINE)))
    with workshop.engine.begin() as db:
        for party_id in set(parties_of(db, [1, 2]).values()):
            assert refused(consents_in_force(db, party_id, TODAY), "phone", LANDLINE) == ["newsletter"]


def test_a_record_that_refers_to_a_customer_in_two_ways_stands_once_in_the_timeline(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子")])
    given = record("A", consent(1, REFUSED), given_by="1")
    take(workshop, replace(given, references=(*given.references, Reference("contact_of", "erp", "party", "1"))))
    with workshop.engine.begin() as db:
        assert [e.name for e in timeline(db, parties_of(db, [1])[1])] == ["erp/consent/A"]


def test_a_consent_that_names_its_customer_and_its_address_stands_once_in_the_timeline(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子", contact_mechanisms=[{"type": "email", "value": LI}])])
    take(workshop, record("A", consent(1, REFUSED, about=LI), given_by="1"))
    with workshop.engine.begin() as db:
        assert [(e.name, e.relation) for e in timeline(db, parties_of(db, [1])[1])] == [("erp/consent/A", "given_by")]


def test_an_erasure_names_the_consents_of_whom_it_erases(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子"), erp_row(2, name="上海远大机械有限公司")])
    take(
        workshop,
        record("A", consent(1, GRANTED, evidence="form 17"), given_by="1"),
        record("B", consent(2, GRANTED), given_by="2"),
    )
    certificate = erase(workshop.settings, workshop.engine, [1], By("lin", "asked for by letter"))
    own = workshop.sql("select id from master.source_record where record_type = 'consent' and native_key = 'A'")
    assert certificate["mentioned_by"] == [own[0][0]]


def test_what_its_source_has_taken_back_says_nothing(workshop: Workshop) -> None:
    workshop.take_in([erp_row(1, name="华强电子")])
    take(workshop, record("A", consent(1, GRANTED, EMAIL), given_by="1"), system="crm")
    workshop.sql_do(
        "insert into master.tombstone (record_id, from_cs, reason, position)"
        " select id, first_cs, 'deleted', '' from master.source_record where record_type = 'consent'"
    )
    with workshop.engine.begin() as db:
        (party_id,) = set(parties_of(db, [1]).values())
        assert consents_in_force(db, party_id, TODAY) == []


def test_the_command_line_tells_what_holds_and_what_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.take_in([erp_row(1, name="华强电子", contact_mechanisms=[{"type": "email", "value": LI}])])
    take(workshop, record("A", consent(5, REFUSED, EMAIL), given_by="1"), system="crm")
    assert workshop.settings.database_url is not None
    monkeypatch.setenv("HUB_HOME", str(workshop.settings.home))
    monkeypatch.setenv("HUB_DATABASE_URL", workshop.settings.database_url)
    monkeypatch.setenv("HUB_STAGE", "test")
    said: dict[tuple[str, ...], str] = {}
    for options in (("--json",), ()):
        monkeypatch.setattr(sys, "argv", ["hub", "master", "consents", "erp/party/1", *options])
        with pytest.raises(SystemExit):
            hub.cli.main()
        said[options] = capsys.readouterr().out
    (told,) = json.loads(said["--json",])
    assert told["refused"] == {"email": ["newsletter"]}
    assert [(c["state"], c["since"], c["source"]) for c in told["consents"]] == [
        ("refused", "2026-05-01T04:00:00.000Z", "crm/consent/A")
    ]
    assert "the email must not be used for: newsletter" in said[()]
    monkeypatch.setattr(sys, "argv", ["hub", "master", "consents", "crm/consent/A"])
    with pytest.raises(SystemExit) as ended:
        hub.cli.main()
    assert ended.value.code != 0
    assert "belongs to no customer" in capsys.readouterr().err
