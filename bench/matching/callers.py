"""``python -m bench.matching.callers URL TOKEN CALLERS SECONDS CUSTOMERS``: programs that ask who somebody is.

Prints one line of JSON: how many questions, milliseconds at p50 and p99, and the share with the right customer first.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from typing import Any
from urllib.parse import urlsplit

from bench.master_customers import SYSTEMS, incoming
from mappings.canonical import Party


def main() -> None:
    """Ask and print."""
    url, token, callers, seconds, customers = sys.argv[1:]
    with ThreadPoolExecutor(int(callers)) as pool:
        some = [pool.submit(_ask, url, token, float(seconds), int(customers), n) for n in range(int(callers))]
        asked = [answer for one in some for answer in one.result()]
    times = sorted(ms for ms, _ in asked)
    figures = {
        "asked": len(times),
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[int((len(times) - 1) * 0.99)], 2),
        "right_first": round(sum(right for _, right in asked) / len(asked), 4),
    }
    print(json.dumps(figures))


def _ask(url: str, token: str, seconds: float, customers: int, caller: int) -> list[tuple[float, bool]]:
    """Ask one question after the other over one connection; give milliseconds and whether the answer is right."""
    rng = Random(caller)
    connection = HTTPConnection(urlsplit(url).netloc)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answers = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        number = rng.randrange(customers)
        body = json.dumps(_draft(number, rng))
        begun = time.perf_counter()
        connection.request("POST", "/api/v1/lookup", body, headers)
        response = connection.getresponse()
        found = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"lookup answered {response.status}: {found}")
        first = found["candidates"][:1]
        answers.append(
            (1000 * (time.perf_counter() - begun), bool(first) and first[0]["record"].endswith(_key(number)))
        )
    return answers


def _draft(number: int, rng: Random) -> dict[str, Any]:
    """Give what somebody knows of a customer: its name with a slip in it, and one other thing."""
    (record,) = incoming(SYSTEMS[0], [number])
    party = record.record.content
    assert isinstance(party, Party)
    name = party.names[0].text
    place = rng.randrange(2, len(name))
    written = name if rng.random() < 0.5 else name[: place - 1] + name[place:]
    known: tuple[dict[str, Any], ...] = (
        {"phones": [party.phones[0].number]},
        {"identifiers": [party.identifiers[0].value]},
        {"addresses": [party.addresses[0].text]},
    )
    return {"names": [written], **rng.choice(known)}


def _key(number: int) -> str:
    return f"/C{number:08d}"


if __name__ == "__main__":
    main()
