"""What is older never replaces what is newer, whenever it arrives; a file's name says how old it is."""

from __future__ import annotations

from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation

OLDER = ("unchanged", "older than what is known")
OLD, NEW = {**HUAQIANG, "电话": "0755-11112222"}, {**HUAQIANG, "电话": "0755-26988888"}


def phone(hub: Installation) -> str:
    assert hub.live()["ship_to/S001"]["phones"][0]["number"] == hub.golden_of("ship_to/S001")["phone"]["number"]
    return str(hub.golden_of("ship_to/S001")["phone"]["number"])


def test_an_older_file_arriving_late_changes_nothing(hub: Installation) -> None:
    hub.put("shipto_20261105_01.csv", csv_file(NEW))
    hub.sync()
    clock = hub.clock()
    hub.put("shipto_20261101_01.csv", csv_file(OLD))
    account = hub.sync()
    assert account.state == "green"
    assert hub.fates(account.run) == [OLDER]
    assert (hub.clock(), phone(hub)) == (clock, "+8675526988888")


def test_also_after_the_newer_one_said_nothing_new(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(NEW))
    hub.sync()
    hub.put("shipto_20261105_01.csv", csv_file(NEW))
    hub.sync()
    hub.put("shipto_20261103_01.csv", csv_file(OLD))
    account = hub.sync()
    assert hub.fates(account.run) == [OLDER]
    assert phone(hub) == "+8675526988888"


def test_the_newer_file_arriving_later_wins(hub: Installation) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(OLD))
    hub.sync()
    hub.put("shipto_20261105_01.csv", csv_file(NEW))
    assert hub.fates(hub.sync().run) == [("recorded", "")]
    assert phone(hub) == "+8675526988888"


def test_together_the_newer_one_wins_too(hub: Installation) -> None:
    hub.put("shipto_20261105_01.csv", csv_file(NEW))
    hub.put("shipto_20261101_01.csv", csv_file(OLD))
    account = hub.sync()
    assert hub.fates(account.run) == [("recorded", ""), ("recorded", "")]
    assert phone(hub) == "+8675526988888"


def test_what_only_the_late_file_knows_is_taken(hub: Installation) -> None:
    hub.put("shipto_20261105_01.csv", csv_file(NEW, YUANDA))
    hub.sync()
    hub.put("shipto_20261101_01.csv", csv_file(OLD, HONGDA))
    account = hub.sync()
    assert hub.fates(account.run) == [OLDER, ("recorded", "")]
    assert set(hub.live()) == {"ship_to/S001", "ship_to/S002", "ship_to/S003"}
    assert phone(hub) == "+8675526988888"
