"""What a customer allows and forbids, over the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from customer_master.store import recording
from customer_master.store.recording import Incoming
from mappings.canonical import (
    CanonicalRecord,
    Channel,
    Consent,
    ConsentState,
    Mention,
    MentionRole,
    PointKind,
    Reference,
)
from tests.api.conftest import Caller
from tests.api.scene import COMPANY, CONSUMER, LI_MOBILE, Scene


@pytest.fixture(scope="module")
def scene(copy_of_scene: Callable[[], AbstractContextManager[Scene]]) -> Iterator[Scene]:
    """A consumer who allowed everything in March, and in May forbade calls on her mobile telephone."""
    own = (Reference("given_by", "scm", "ship_to", "S020"),)
    mobile = (Mention(PointKind.PHONE, LI_MOBILE, MentionRole.SUBJECT),)
    said = [
        Consent(ConsentState.GRANTED, datetime(2026, 3, 1, tzinfo=UTC), "newsletter"),
        Consent(ConsentState.REFUSED, datetime(2026, 5, 1, tzinfo=UTC), "newsletter", (Channel.CALL,), mentions=mobile),
    ]
    with copy_of_scene() as made:
        incoming = [
            Incoming(CanonicalRecord("consent", "consent", str(n), c, references=own), "2026-06-01", 1, n, "", "m")
            for n, c in enumerate(said)
        ]
        made.sql("select setval('master.source_record_version_id_seq', 100)")
        with made.hub.begin() as db:
            system = recording.ensure_system(db, code="scm", kind="scm", org_unit="shanghai")
            decision = recording.decide(incoming, recording.lookup(db, system, incoming), {})
            recording.record(db, decision, system_id=system, org_unit="shanghai", actor="test")
        yield made


def test_the_consents_in_force_and_what_is_refused_are_told(scene: Scene, caller: Caller) -> None:
    path = f"/api/v1/customers/{scene.number(CONSUMER)}/consents"
    hidden = caller("viewer").get(path).json()
    assert hidden["masked"] is True
    assert [(c["state"], c["channel"], c["point"]) for c in hidden["items"]] == [
        ("refused", "call", "+86•••21"), ("granted", None, ""),
    ]  # fmt: skip
    assert hidden["refused"] == {"phone": ["newsletter"]}
    assert (hidden["items"][1]["since"], hidden["items"][1]["source"]) == ("2026-03-01T00:00:00.000Z", "scm/consent/0")
    shown = caller("viewer").get(path, params={"purpose": "service"}).json()
    assert (shown["masked"], shown["items"][0]["point"]) == (False, LI_MOBILE)
    noted = scene.sql("select user_name, party_id, purpose from hub.access_log where purpose = 'service'")
    assert [tuple(row) for row in noted] == [("viewer", CONSUMER, "service")]


def test_nobody_sees_consents_of_a_customer_of_another_unit_or_that_is_none(scene: Scene, caller: Caller) -> None:
    assert caller("viewer").get(f"/api/v1/customers/{scene.number(COMPANY)}/consents").json()["items"] == []
    assert caller("viewer").get("/api/v1/customers/CM-0000-0000-0/consents").status_code == 404
