"""What an older model of the hub stored is read as today's everywhere: found, shown, compared, proved and published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from connectors.base import Change, Found, WriteResult
from customer_master.stewardship.looked_at import looked_at
from customer_master.stewardship.reviews import review_of
from customer_master.store import customer, fsck, matching, recording
from customer_master.store.clock import last_commit
from customer_master.store.derived import Statement
from customer_master.store.parties import parties_of
from customer_master.store.public_id import encode
from customer_master.store.search import search
from customer_master.store.visibility import EVERYTHING
from hub.delivery.fold import fold
from hub.delivery.send import send
from hub.master.electing import elect_again
from hub.pipeline.resolve import resolve
from hub.project import Subscription
from hub.web.access import User
from hub.web.api.rest import rest
from hub.web.installation import Installation
from hub.web.portrait import portrait
from hub.web.tokens import issue
from hub.web.users import add_user
from mappings.canonical import (
    MODEL_VERSION,
    CanonicalRecord,
    Identifier,
    Kind,
    Name,
    Party,
    Phone,
    reading,
    to_payload,
    upcast,
)
from tests.store.activities import call, take
from tests.store.workshop import Workshop, erp_row

NAME, CODE, NUMBER = "深圳市华强电子有限公司", "914403001922038216", "+8675526988888"
OLDER = MODEL_VERSION - 1
Payload = Mapping[str, Any]


def newer(payload: Payload) -> Payload:
    """The step from the older model, in which a party had one ``title``, plain numbers, and a call plain callers."""
    said = {k: v for k, v in payload.items() if k not in ("title", "numbers", "callers")}
    if "title" in payload:
        said["names"] = [{"text": payload["title"], "type": "registered", "language": "zh"}]
    if "numbers" in payload:
        said["phones"] = [{"number": n, "extension": "", "kind": "landline"} for n in payload["numbers"]]
    if "callers" in payload:
        said["mentions"] = [{"kind": "phone", "value": n, "role": "caller", "name": ""} for n in payload["callers"]]
    return said


def older(record: CanonicalRecord) -> dict[str, Any]:
    """What the older model would have stored of a record."""
    payload = to_payload(record)
    said = {k: v for k, v in payload.items() if k not in ("names", "phones", "mentions")}
    if "names" in payload:
        said["title"] = payload["names"][0]["text"]
    if "phones" in payload:
        said["numbers"] = [p["number"] for p in payload["phones"]]
    if "mentions" in payload:
        said["callers"] = [m["value"] for m in payload["mentions"]]
    return said | {"model": OLDER}


class Target:
    """A target that takes everything and keeps it."""

    def __init__(self) -> None:
        self.taken: list[Change] = []

    def write(self, stream: str, changes: Sequence[Change]) -> Iterator[WriteResult]:
        for change in changes:
            self.taken.append(change)
            yield WriteResult(change.correlation, "written", change.key)

    def probe(self, stream: str, correlations: Sequence[str]) -> Mapping[str, Found]:
        return {}


@pytest.fixture
def upgraded(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A master that the older model filled, under the program of today."""
    monkeypatch.setitem(reading.UPCASTS, OLDER, newer)
    scm = CanonicalRecord(
        "party", "ship_to", "S1",
        Party(Kind.ORGANISATION, (Name(NAME, language="zh"),), (Identifier("cn_uscc", CODE),), phones=(Phone(NUMBER),)),
    )  # fmt: skip
    with monkeypatch.context() as then:
        then.setattr(recording, "to_payload", older)
        then.setattr(recording, "Statement", lambda entity, key, payload: Statement(entity, key, upcast(payload)))
        phone = {"type": "phone", "value": "0755-26988888"}
        workshop.land([erp_row(1, code="C1", name=NAME, contact_mechanisms=[phone])])
        workshop.take_in([])
        take(workshop, scm, call("K1", NUMBER), system="scm")
    resolve(workshop.work)
    assert workshop.sql("select distinct payload ->> 'model' from master.source_record_version") == [(str(OLDER),)]
    return workshop


@pytest.fixture
def party_id(upgraded: Workshop) -> int:
    with upgraded.engine.begin() as db:
        (both,) = set(parties_of(db, records(upgraded)).values())
    return both


def records(workshop: Workshop) -> list[int]:
    return [r.id for r in workshop.sql("select id from master.source_record where entity = 'party' order by id")]


def names_said(payloads: Sequence[Payload | None]) -> list[str]:
    return [name["text"] for payload in payloads if payload for name in payload["names"]]


def test_its_records_are_matched_and_found(upgraded: Workshop, party_id: int) -> None:
    with upgraded.engine.begin() as db:
        for asked in ("华强电子", NUMBER, CODE):
            assert [(hit.party_id, hit.name, hit.records) for hit in search(db, asked, EVERYTHING)] == [
                (party_id, NAME, 2)
            ]


def test_resolution_and_survivorship_get_the_form_of_today(upgraded: Workshop) -> None:
    with upgraded.engine.begin() as db:
        evidence = matching.evidence(db, records(upgraded))
    assert names_said([e.payload for e in evidence]) == [NAME, NAME]


def test_page_timeline_and_review_show_the_form_of_today(upgraded: Workshop, party_id: int) -> None:
    lo, hi = records(upgraded)
    with upgraded.engine.begin() as db:
        page = portrait(db, EVERYTHING, encode(party_id), last_commit(db))
        (entry,) = customer.timeline(db, party_id)
        review = review_of(db, EVERYTHING, lo, hi)
        saw, _ = looked_at(db, [lo, hi])
    assert page.title == NAME
    assert names_said([member.payload for member in page.customer.members]) == [NAME, NAME]
    assert [m["value"] for m in entry.payload["mentions"]] == [NUMBER]
    assert review is not None
    assert names_said([review.left.payload, review.right.payload]) == [NAME, NAME]
    assert all(said["names"] and said["phones"] for said in saw["said"].values())


def test_calls_of_nobody_show_the_form_of_today(upgraded: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "to_payload", older)
    take(upgraded, call("K2", "+8613764520983"), system="scm")
    with upgraded.engine.begin() as db:
        (entry,) = customer.unattributed(db)
    assert [m["value"] for m in entry.payload["mentions"]] == ["+8613764520983"]


def test_the_api_shows_the_form_of_today(upgraded: Workshop, party_id: int) -> None:
    app = FastAPI(openapi_url=None)
    app.state.installation = Installation(upgraded.settings)
    app.include_router(rest(_no_session))
    with upgraded.engine.begin() as db:
        add_user(db, "viewer", "four words are better", ["viewer"])
        token = issue(db, "viewer", label="test", days=1)
    client = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    answer = client.get(f"/api/v1/customers/{encode(party_id)}/records")
    app.state.installation.engine.dispose()
    assert answer.status_code == 200, answer.text
    assert names_said([record["content"] for record in answer.json()["items"]]) == [NAME, NAME]


def _no_session() -> User:
    raise HTTPException(401, "Sign in first")


def test_the_laws_hold_and_every_value_is_elected_again(upgraded: Workshop) -> None:
    assert fsck.check(upgraded.engine, deep=True) == []
    assert elect_again(upgraded.engine) == []


def test_a_target_that_says_it_in_the_older_form_is_not_written_to_again(upgraded: Workshop) -> None:
    subscription = Subscription(
        subscription="erp.party", target="erp", stream="party", record_type="party", mapping="erp.party", create=False,
        kinds=("organisation",), fields={"name": "lead", "uscc": "lead", "phone": "fill"},
    )  # fmt: skip
    work, target = upgraded.work, Target()
    system_id = upgraded.sql("select id from master.source_system where code = 'erp'")[0].id
    fold(work, subscription, system_id, "head-office")
    assert send(work, subscription, target) == 1
    (change,) = target.taken
    assert change.document == {"add": {"identifiers": [{"type": None, "code": CODE}]}}, "name and telephone are there"


def test_a_step_that_changes_what_sql_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reading.UPCASTS, OLDER, lambda payload: {**payload, "kind": "company"})
    with pytest.raises(ValueError, match=f"^the steps from model {OLDER} change kind, which SQL reads: keep them$"):
        upcast({"model": OLDER, "kind": "organisation", "references": []})


def test_what_is_of_this_model_or_erased_is_given_back_itself() -> None:
    for payload in ({"model": MODEL_VERSION, "kind": "organisation", "references": []}, {"erased": True}):
        assert upcast(payload) is payload
