"""A small master that has been through everything: joined and parted by stewards, pinned, related, undone, changed.

Commits: 1 record, 2 resolve, 3 different (1, 2), 4 same (3, 4), 5 pin a name, 6 relate, 7 same (4, 5), 8 undo of 7,
9 record 3 again, 10 resolve.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from hub.master import acts
from hub.master.context import By, Master
from hub.settings import load
from hub.store.postgres import DatabaseAddress
from tests.store.workshop import Workshop, erp_row
from tests.support.postgres import administer, copy_database

HUAQIANG, YUANDA, YUANDA_MERGED = "CM-KRVQ-KEBX-N", "CM-7HQF-6WQT-T", "CM-VAK6-TB3Q-A"
HENGRUI, WANG, HUAQIANG_APART = "CM-F3EY-DSFM-F", "CM-2WAP-17VH-M", "CM-PN6D-MP7E-4"
_LI = By("li", reason="营业执照为证")
_numbers = itertools.count(1)


@contextmanager
def seasoned(server: DatabaseAddress, template: str, home: Path) -> Iterator[Workshop]:
    """Open such a master in a database of its own, for the tests of one module."""
    name = f"seasoned_{next(_numbers)}"
    copy_database(server, name, template)
    url = server.database(name).url.render_as_string(hide_password=False)
    workshop = Workshop.open(load({"HUB_HOME": str(home), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"}))
    fill(workshop)
    yield workshop
    workshop.engine.dispose()
    administer(server, sql.SQL("drop database {name} with (force)").format(name=sql.Identifier(name)))


def fill(workshop: Workshop) -> None:
    """Take in six records whose numbers are their keys, and let a steward do everything with them."""
    code = "914403001922038216"
    workshop.take_in([
        erp_row(1, name="深圳市华强电子有限公司", identifiers=[{"type": None, "code": code}]),
        erp_row(2, name="深圳市华强电子有限公司", identifiers=[{"type": None, "code": code}]),
        erp_row(3, name="上海远大机械有限公司", contact_mechanisms=[{"type": "phone", "value": "021-58881234"}]),
        erp_row(4, name="上海远大贸易有限公司"),
        erp_row(5, name="广州恒瑞机电设备有限公司"),
        erp_row(6, name="王小明"),
    ])  # fmt: skip
    master = Master(workshop.engine, workshop.documents)
    acts.different(master, 1, 2, _LI)
    acts.same(master, 3, 4, _LI)
    acts.pin(master, 2, "name", "远大机械", _LI)
    acts.relate(master, 1, 3, "branch_of", _LI)
    acts.undo(master, acts.same(master, 4, 5, _LI).cs, _LI)
    workshop.take_in([erp_row(3, "2026-11-02T00:00:00Z", name="上海远大机械制造有限公司")])
