"""The demo's stage: PostgreSQL and five systems with a landscape of customers in them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.demo.landscape import Landscape, write_files
from hub.demo.landscape import pdm as pdm_landscape
from hub.demo.landscape.mails import mails
from hub.demo.landscape.orders import orders
from hub.demo.landscape.service_requests import write_logs
from hub.demo.line_up import USER, LineUp
from hub.demo.systems import mail, pdm, tryton
from hub.errors import HubError
from hub.settings import Settings
from hub.store import postgres
from hub.supervisor.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's systems, up and loaded.

    Args:
        landscape: what is in the systems.
        systems: where they are and how they are reached.
        codes: ERP party code -> id.
        supervisor: keeps the systems up.
    """

    landscape: Landscape
    systems: LineUp
    codes: dict[str, str]
    supervisor: Supervisor


Timed = Callable[[str, float], None]
"""Told how many seconds a step of the set-up took."""


@contextmanager
def raised(settings: Settings, landscape: Landscape, timed: Timed, loading: Callable[[int], None]) -> Iterator[Stage]:
    """Bring everything up, load it if it is not loaded, and leave no process behind.

    Args:
        settings: the installation; its home holds the demo.
        landscape: what to load.
        timed: told the seconds of each step.
        loading: told how many ERP parties are loaded.

    Raises:
        HubError: the home holds another landscape, or a system cannot be had.
    """
    systems = LineUp(settings)
    systems.folder.mkdir(parents=True, exist_ok=True)
    _same_landscape(systems.folder, landscape)
    with Supervisor(settings.home / "run", settings.logs) as supervisor:
        try:
            with ThreadPoolExecutor(max_workers=1) as helper:  # files are written while the ERP makes its database
                laid = helper.submit(_lay_everything, systems, landscape)
                started = time.monotonic()
                tryton.initialise(settings.cache, systems.folder / "erp")
                timed("install ERP", time.monotonic() - started)
                started = time.monotonic()
                postgres.ensure_running(settings)
                supervisor.start(*systems.programs())
                systems.store_secrets()
                laid.result()
                timed("start systems", time.monotonic() - started)
            started = time.monotonic()
            codes = _load_erp(systems, landscape, loading)
            timed("load ERP", time.monotonic() - started)
            yield Stage(landscape, systems, codes, supervisor)
        finally:
            supervisor.stop()  # nothing that uses the database may outlive it
            postgres.stop(settings)


def _same_landscape(folder: Path, landscape: Landscape) -> None:
    """Refuse to mix two landscapes in one home: the truth would fit neither."""
    marker = folder / "landscape.json"
    wanted = {"customers": landscape.customers, "seed": landscape.seed}
    if not marker.exists():
        marker.write_text(json.dumps(wanted))
    elif json.loads(marker.read_text()) != wanted:
        raise HubError(
            f"{folder} holds another landscape: {marker.read_text()}",
            f"Use the same numbers again or another HUB_HOME, or delete {folder.parent} to start anew",
        )


def _lay_everything(systems: LineUp, landscape: Landscape) -> None:
    """Lay down what the systems but for the ERP hold, each once."""
    for name, lay in {
        "scm": _lay_files,
        "callcentre": _lay_calls,
        "mail": _lay_mails,
        "pdm": _lay_products,
    }.items():
        laid = systems.folder / f"{name}.laid"
        if not laid.exists():
            lay(systems, landscape)
            laid.touch()


def _lay_files(systems: LineUp, landscape: Landscape) -> None:
    """Lay the SCM's files into the inbox, each complete when it appears."""
    systems.inbox.mkdir(parents=True, exist_ok=True)
    for path in write_files(landscape, systems.folder / "scm.draft"):
        path.replace(systems.inbox / path.name)


def _lay_calls(systems: LineUp, landscape: Landscape) -> None:
    write_logs(landscape, systems.call_logs)


def _lay_mails(systems: LineUp, landscape: Landscape) -> None:
    mail.deliver(systems.mail_root, USER, ((m.name, m.raw, m.received) for m in mails(landscape)))


def _lay_products(systems: LineUp, landscape: Landscape) -> None:
    systems.pdm_database.parent.mkdir(parents=True, exist_ok=True)
    pdm.load(systems.pdm_database, "item", pdm_landscape.item_documents())
    pdm.load(systems.pdm_database, "owner", pdm_landscape.owners(landscape))
    pdm.load(systems.pdm_database, "customer_part", pdm_landscape.customer_parts(landscape))
    pdm.load(systems.pdm_database, "configuration", pdm_landscape.configurations(landscape))


def _load_erp(systems: LineUp, landscape: Landscape, loading: Callable[[int], None]) -> dict[str, str]:
    stored = systems.folder / "erp.codes.json"
    if not stored.exists():
        documents = list(landscape.erp())
        ids = tryton.load(systems.erp, documents, loading)
        codes = {str(d["code"]): str(number) for d, number in zip(documents, ids, strict=True)}
        tryton.load_orders(systems.erp, orders(landscape), codes)
        draft = stored.with_suffix(".draft")
        draft.write_text(json.dumps(codes))
        draft.replace(stored)
    loaded: dict[str, str] = json.loads(stored.read_text())
    return loaded
