"""A call centre's folder on a running SFTP server, and calls to put into it."""

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.asterisk.connector import Asterisk
from connectors.base import Batch, Cursor
from connectors.testing.source import stored
from hub.demo.landscape import asterisk_lines
from hub.demo.landscape.asterisk_lines import AGENTS, PlannedCall

NOON = 1793505600.0
"""2026-11-01 12:00 in Shanghai."""

CDR, CEL, QUEUE, JOURNAL = "cdr-csv/Master.csv", "cel-custom/Master.csv", "queue_log", "service/requests.csv"
HEADER = "request_no,at,state,caller_number,customer_name,subject,linkedid,agent,note\n"
Logs = dict[str, bytes]


def planned(n: int, **other: Any) -> PlannedCall:
    """An inbound call, answered after 9 seconds, 40 seconds long; each n a minute after the one before."""
    call = PlannedCall(n, NOON + n * 60.25, True, f"1391234{n:04d}", "张三", AGENTS[n % 8], "answered", 9, 40)
    return replace(call, **other)


def logs_of(*calls: PlannedCall) -> Logs:
    """What Asterisk has in its three logs after these calls."""
    lines = [asterisk_lines.write_call(call) for call in calls]
    logs = {
        CDR: [line for one in lines for line in one.cdr],
        CEL: [line for one in lines for line in one.cel],
        QUEUE: [line for one in lines for line in one.queue],
    }
    return {
        name: "".join(line for _, line in sorted(timed, key=lambda pair: pair[0])).encode()
        for name, timed in logs.items()
    }


@dataclass
class CallCentre:
    """The folder on the server; ``now`` is the time of day that the connector sees."""

    server: Any
    now: float = NOON + 3600

    @property
    def root(self) -> Path:
        return self.server.root / "asterisk"

    def lay(self, logs: Logs) -> None:
        for name, content in logs.items():
            self.server.put(f"asterisk/{name}", content)

    def append(self, name: str, content: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content)
        self.server.give_away()

    def append_logs(self, logs: Logs) -> None:
        for name, content in logs.items():
            self.append(name, content)

    def journal(self, *lines: str) -> None:
        self.append(JOURNAL, "".join(f"{line}\n" for line in lines).encode())

    def rename(self, old: str, new: str) -> None:
        (self.root / old).rename(self.root / new)

    def zip_away(self, name: str) -> None:
        path = self.root / name
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    def connect(self, **other: Any) -> Asterisk:
        options = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "username": self.server.username,
            "host_key": self.server.host_key,
            "timeout_seconds": 10,
            "folder": "asterisk",
            "time_zone": "Asia/Shanghai",
            "trunk": "^PJSIP/trunk-",
            **self.server.login,
            **other,
        }
        return Asterisk("callcentre", Asterisk.Config(**options), clock=lambda: self.now)

    def read(self, stream: str, cursor: Cursor | None = None, **other: Any) -> list[Batch]:
        connector = self.connect(**other)
        try:
            return list(connector.read(stream, cursor))
        finally:
            connector.close()


class Reading:
    """Reads a stream again and again, each time from the stored cursor, and keeps the newest of everything."""

    def __init__(self, centre: CallCentre, stream: str, **options: Any) -> None:
        self.centre, self.stream, self.options = centre, stream, options
        self.cursor: Cursor | None = None
        self.newest: dict[str, dict[str, Any]] = {}
        self.defects: dict[str, str] = {}

    def go_on(self) -> list[dict[str, Any]]:
        """Read on; return the new documents."""
        batches = self.centre.read(self.stream, self.cursor, **self.options)
        if batches:
            self.cursor = stored(batches[-1].cursor)
        rows = [row for batch in batches for row in batch.table.to_pylist()]
        for row in rows:
            if row["defect"]:
                self.defects[row["origin"]] = row["defect"]["code"]
            else:
                key = row["document"].get("linkedid") if self.stream == "call" else row["document"]["request_no"]
                assert row["position"] >= self.newest.get(key, {"position": ""})["position"]
                self.newest[key] = row
        return [row["document"] for row in rows if row["document"]]

    @property
    def documents(self) -> dict[str, Any]:
        return {key: row["document"] for key, row in self.newest.items()}
