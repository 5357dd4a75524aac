"""A process that loads, decides and takes back at random until it is killed, and writes down what it has finished.

Its parent is the standard library's fork server, which has loaded everything and connected to nothing.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from customer_master.stewardship.errors import StewardshipError
from hub.coherence import crosswalks_of
from hub.documents import compiled_mapping
from hub.master import acts
from hub.master.context import By, Master
from hub.settings import load
from tests.store.workshop import Workshop, authored, erp_row

NAMES = ("深圳市华强电子有限公司", "上海远大机械有限公司", "广州恒瑞机电设备有限公司")
CODES = ("", "914403001922038216", "91310000132206289R")
PHONES = ("", "0755-26988888", "021-64339000")

DOCUMENTS = authored(load({}).project)
for document in DOCUMENTS:  # by the fork server, for all
    if document.kind == "mapping":
        compiled_mapping(document.body, document.name, crosswalks_of(DOCUMENTS))


def start(home: Path, url: str, seed: int, log: Path) -> BaseProcess:
    """Start such a process and wait until it is at work."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.doer", "tests.tryton_loop.warm"])
    ready, its_ready = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(home, url, seed, log, its_ready), daemon=True)
    process.start()
    ready.recv()
    return process


def work(home: Path, url: str, seed: int, log: Path, ready: Connection) -> None:
    """Do random things for ever; a line in the log for each that is finished."""
    rng = Random(seed)
    workshop = Workshop.open(load({"HUB_HOME": str(home), "HUB_DATABASE_URL": url, "HUB_STAGE": "test"}))
    file = os.open(log, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    ready.send("ready")
    number = 0
    while True:
        number += 1
        if rng.random() < 0.4:
            os.write(file, f"load {_load(workshop, rng, seed, number)}\n".encode())
        elif done := _act(Master(workshop.engine, workshop.documents), workshop, rng, f"{seed}.{number}"):
            os.write(file, f"act {done}\n".encode())


def _load(workshop: Workshop, rng: Random, seed: int, number: int) -> str:
    key, position = rng.randint(1, 12), f"2026-11-01T{seed:05d}.{number:05d}Z"
    code, phone = rng.choice(CODES), rng.choice(PHONES)
    row = erp_row(
        key, position, name=rng.choice(NAMES),
        identifiers=[{"type": None, "code": code}] if code else [],
        contact_mechanisms=[{"type": "phone", "value": phone}] if phone else [],
    )  # fmt: skip
    workshop.take_in([row])
    return f"{key} {position}"


def _act(master: Master, workshop: Workshop, rng: Random, name: str) -> str:
    """Do one act under a name of its own; what is refused is no act."""
    parties = [
        p for (p,) in workshop.sql("select party_id from master.party_state where status = 'active' and to_cs = :open")
    ]
    records = [r for (r,) in workshop.sql("select record_id from master.membership where to_cs = :open")]
    ((last,),) = workshop.sql("select last_cs from master.clock")
    by = By("li", reason=name)
    try:
        match rng.randint(1, 5):
            case 1 if len(parties) > 1:
                acts.merge(master, rng.sample(parties, 2), by)
            case 2 if len(records) > 1:
                acts.different(master, *rng.sample(records, 2), by)
            case 3 if len(records) > 1:
                acts.relate(master, *rng.sample(records, 2), "branch_of", by)
            case 4 if parties:
                acts.pin(master, rng.choice(parties), "name", "华强集团", by)
            case _ if last:
                acts.undo(master, rng.randint(1, last), by)
            case _:
                return ""
    except StewardshipError:
        return ""
    return name
