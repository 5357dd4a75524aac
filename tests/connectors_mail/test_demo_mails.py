"""The mails of the demo: the same for the same seed, true beside, read without loss through the demo's server."""

import tracemalloc
from itertools import islice
from random import Random

import pytest

from connectors.transport.mail import Reading, read_mail
from hub.demo.landscape import generate
from hub.demo.landscape.activities import FREE_MAIL, attribute, points_in, points_of, shared_points
from hub.demo.landscape.contacts import some_email
from hub.demo.landscape.mails import OWN_DOMAIN, mails
from hub.demo.systems import mail as server
from tests.connectors_mail.servers import USER, stop

READING = Reading(frozenset({OWN_DOMAIN}))


@pytest.fixture(scope="module")
def landscape():
    return generate(2000, seed=7)


@pytest.fixture(scope="module")
def written(landscape):
    return list(mails(landscape))


@pytest.fixture(scope="module")
def documents(written):
    return [read_mail(mail.raw, mail.received, READING) for mail in written]


def test_the_same_seed_writes_the_same_mails_and_a_larger_landscape_begins_with_them(written):
    again = list(islice(mails(generate(2000, seed=7)), 200))
    larger = list(islice(mails(generate(2100, seed=7)), 200))
    assert [mail.raw for mail in again] == [mail.raw for mail in written[:200]]
    assert [mail.raw for mail in larger] == [mail.raw for mail in written[:200]]


def test_there_is_about_one_mail_for_two_customers_of_every_kind(written):
    assert 800 <= len(written) <= 1200
    reasons = [mail.truth.reason for mail in written]
    assert {reason: reasons.count(reason) >= 15 for reason in reasons} == dict.fromkeys(
        ("known", "same_domain", "shared", "unknown"), True
    )
    assert len({mail.name for mail in written}) == len({mail.truth.ref for mail in written}) == len(written)


def test_every_mail_is_read_without_loss(written, documents):
    for mail, document in zip(written, documents, strict=True):
        assert document["key"] == mail.truth.ref
        assert document["text"]
        assert document["subject"]
        assert "\ufffd" not in f"{document}"
        assert "=?" not in f"{document['from']}{document['subject']}{document['attachments']}"
        assert not set(document["remarks"]) - {"unknown_charset"}


def test_what_chinese_mailers_do_wrong_occurs(written):
    raws = [mail.raw for mail in written]
    assert sum(b"charset=gb2312" in raw for raw in raws) > 20
    assert sum(b"charset=x-gbk" in raw for raw in raws) > 20
    assert sum(not raw.partition(b"\r\n\r\n")[0].isascii() for raw in raws) > 20
    assert sum(b"text/html" in raw for raw in raws) > 50
    assert sum(b"multipart/mixed" in raw for raw in raws) > 50


def test_the_truth_is_what_the_contact_points_read_from_the_mails_say(landscape, written, documents):
    """Attribute every mail by what the connector read, knowing all records: the same answer as the truth."""
    carriers = {}
    for number, block in enumerate(landscape.blocks()):
        for point, entities in points_of(landscape, number, block).items():
            carriers.setdefault(point, set()).update(entities)
    shared = shared_points(landscape)
    for mail, document in zip(written, documents, strict=True):
        people = document["to"] if document["direction"] == "outbound" else document["from"]
        mentions = [] if document["direction"] == "outbound" else document["mentions"]
        values = [person["address"] for person in people] + [mention["value"] for mention in mentions]
        assert attribute(points_in(*values), carriers, shared) == (mail.truth.entity, mail.truth.reason)


def test_shared_points_are_those_of_several_customers_whatever_the_block(landscape):
    carriers = {}
    for number, block in enumerate(landscape.blocks()):
        for point, entities in points_of(landscape, number, block).items():
            carriers.setdefault(point, set()).update(entities)
    shared = shared_points(landscape)
    assert {point for point in carriers if point in shared} == {p for p, e in carriers.items() if len(e) > 1}
    assert any(point.startswith("phone ") and point in shared for point in carriers)


def test_every_free_mail_domain_of_the_landscape_is_known_as_one():
    rng = Random(1)
    domains = {some_email(rng, "", "王伟").partition("@")[2] for _ in range(500)}
    assert domains <= FREE_MAIL


def test_memory_does_not_grow_with_the_landscape():
    shared = shared_points(generate(100, seed=7))

    def peak(customers):
        tracemalloc.start()
        for _ in mails(generate(customers, seed=7), shared):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(100)  # what is made once: tables, caches
    assert peak(600) < peak(100) + 2_000_000


def test_the_demo_server_gives_them_out_as_they_were_written(written, documents, pymap):
    some = written[:150]
    assert server.deliver(pymap.root, USER, ((m.name, m.raw, m.received) for m in some)) == 150
    connector = pymap.connect(own_domains=[OWN_DOMAIN])
    rows = [row for batch in connector.read("message", None) for row in batch.table.to_pylist()]
    connector.close()
    wanted = {document["key"]: document for document in documents[:150]}
    for row in rows:
        expected = wanted[row["document"]["key"]]
        assert row["document"] | {"raw_sha256": ""} == expected | {"raw_sha256": ""}
    assert len(rows) == 150


def test_a_delivery_may_be_repeated(written, pymap):
    some = [(m.name, m.raw, m.received) for m in written[:5]]
    assert server.deliver(pymap.root, USER, some[:3]) == 3
    connector = pymap.connect(own_domains=[OWN_DOMAIN])
    assert len(list(connector.read("message", None))) == 1
    connector.close()
    assert server.deliver(pymap.root, USER, some) == 2


def test_the_demo_server_survives_a_kill_and_stops_on_sigterm(written, pymap):
    server.deliver(pymap.root, USER, ((m.name, m.raw, m.received) for m in written[:5]))
    connector = pymap.connect(own_domains=[OWN_DOMAIN])
    (before,) = connector.read("message", None)
    connector.close()
    pymap.kill()
    pymap.start()
    (after,) = connector.read("message", None)
    connector.close()
    assert before.table.equals(after.table)
    assert before.cursor == after.cursor
    stop(pymap)
    assert pymap.process.returncode == 0
