"""Ship-tos whose state is looked up in a crosswalk, of which there are two versions."""

from __future__ import annotations

from tests.loop.installation import SHIP_TOS, Installation

STATES = "mappings/crosswalks/scm_state.csv"
VERSION_1 = """\
# crosswalk: scm_state
# version: 1
# owner: 渠道管理部
code,canonical,back
正常,active,yes
启用,active,
停用,inactive,yes
冻结,inactive,
注销,inactive,
作废,inactive,
"""
VERSION_2 = VERSION_1.replace("version: 1", "version: 2") + "待审核,inactive,\n"


def look_up_states(hub: Installation) -> None:
    """Author version 1 of the crosswalk and the mapping that looks up in it."""
    hub.write(STATES, VERSION_1)
    hub.edit(SHIP_TOS, "\nlet:", "\ncrosswalks:\n  states: scm_state@1\n\nlet:")
    hub.edit(
        SHIP_TOS,
        'not (row["状态"] in ["停用", "冻结", "注销", "作废"])',
        'translate(row["状态"], states) != "inactive"',
    )
