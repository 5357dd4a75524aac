"""A code that a crosswalk does not know holds its row, with the person who decides; a new version lets it through."""

from __future__ import annotations

import json

import pytest

from hub.errors import HubError
from tests.loop.coded import STATES, VERSION_1, VERSION_2, look_up_states
from tests.loop.deliveries import HONGDA, HUAQIANG, csv_file
from tests.loop.installation import SHIP_TOS, Installation


@pytest.fixture
def coded(hub: Installation) -> Installation:
    """An installation whose ship-tos have their state looked up."""
    look_up_states(hub)
    assert set(hub.apply()) == {"scm_state@1", "scm.ship_tos"}
    return hub


def new_version(hub: Installation) -> list[str]:
    hub.write(STATES, VERSION_2)
    hub.edit(SHIP_TOS, "scm_state@1", "scm_state@2")
    return hub.apply()


def deliver(hub: Installation, state: str) -> None:
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG | {"状态": state}, HONGDA))


def test_an_unseen_code_is_held_with_its_owner_until_the_crosswalk_knows_it(coded: Installation) -> None:
    deliver(coded, "待审核")
    account = coded.sync()
    assert set(coded.live()) == {"ship_to/S003"}
    [letter] = coded.letters()
    assert (letter["kind"], letter["cause"]) == ("rejected", "unseen_code")
    [told] = json.loads(coded.cli("letters", "--json").out)
    assert told["message"] == 'column "状态": the code "待审核" is not in version 1 of the crosswalk scm_state'
    assert told["remedy"] == f"Ask 渠道管理部 to add it to {STATES}, then replay"
    assert account.sources["scm"]["ship_tos"]["rejected"] == 1

    assert set(new_version(coded)) == {"scm_state@2", "scm.ship_tos"}
    assert coded.cli("replay", str(letter["id"])).code == 0
    assert set(coded.live()) == {"ship_to/S001", "ship_to/S003"}
    assert coded.cli("letters", "--json").out == "[]\n"


def test_a_version_that_was_applied_never_says_anything_else(coded: Installation) -> None:
    coded.write(STATES, VERSION_1 + "待审核,inactive,\n")
    with pytest.raises(HubError) as refused:
        coded.apply()
    assert str(refused.value) == (
        f"{STATES}: the crosswalk scm_state@1 was applied with other content. "
        "Raise its version, and point these mappings at it: scm.ship_tos"
    )


def test_the_master_is_rebuilt_with_the_versions_of_then(coded: Installation) -> None:
    deliver(coded, "停用")
    coded.sync()
    new_version(coded)
    coded.sync()
    assert coded.cli("master", "rebuild", "--verify").code == 0
