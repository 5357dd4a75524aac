"""The feed of events in the order of commits, and how far each consumer has come.

A consumer reads behind its cursor, does its work, then stores the cursor. If it dies in between it gets the same
events again, never fewer.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, text
from starlette.concurrency import run_in_threadpool

from customer_master.store import visibility
from customer_master.store.visibility import Viewer
from hub.web.access import SignedIn, needs
from hub.web.api.access import Sees
from hub.web.api.answers import Event, Feed, Offset
from hub.web.api.routing import api_router, refusals
from hub.web.api.times import iso
from hub.web.installation import Hub, Installation

router = api_router("events", dependencies=[needs("viewer")])

_LOOK_AGAIN_SECONDS = 0.5
Place = tuple[int, int]
_CURSOR = r"^(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,8})$"
_BEGINNING = "0.0"

Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$", description="name of the consumer", examples=["crm"])]


class Position(BaseModel):
    """The last event that a consumer is done with."""

    model_config = ConfigDict(extra="forbid")

    cursor: str = Field(pattern=_CURSOR, examples=["1042.3"])


@router.get("/events", operation_id="listEvents")
async def feed(
    hub: Hub,
    viewer: Sees,
    after: Annotated[str, Query(pattern=_CURSOR, description="cursor of the last event known")] = _BEGINNING,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    wait: Annotated[int, Query(ge=0, le=30, description="seconds to wait for the first event")] = 0,
) -> Feed:
    """Give the events behind a cursor; with `wait`, hold the answer until there is one."""
    until = time.monotonic() + wait
    place = _read(after)
    while True:
        found = await run_in_threadpool(_behind, hub, place, limit, viewer)
        if found.events or found.more or time.monotonic() >= until:
            return found
        place = _read(found.next)
        await asyncio.sleep(min(_LOOK_AGAIN_SECONDS, max(0.0, until - time.monotonic())))


@router.get("/consumers/{name}", operation_id="getConsumer")
def position(hub: Hub, user: SignedIn, name: Name) -> Offset:
    """Tell how far one of the user's consumers has come; one that never stored anything is at the beginning."""
    sql = "select cs, ord from master.consumer_offset where consumer = :consumer"
    with hub.begin() as db:
        row = db.execute(text(sql), {"consumer": _key(user.name, name)}).one_or_none()
    return Offset(consumer=name, cursor=f"{row.cs}.{row.ord}" if row else _BEGINNING)


@router.put("/consumers/{name}", operation_id="putConsumer", responses=refusals(411, 413))
def store(hub: Hub, user: SignedIn, name: Name, body: Position) -> Offset:
    """Store how far one of the user's consumers has come; going back is allowed, to get events again."""
    cs, ord_ = _read(body.cursor)
    with hub.begin() as db:
        db.execute(text(_STORE), {"consumer": _key(user.name, name), "cs": cs, "ord": ord_})
    return Offset(consumer=name, cursor=body.cursor)


def _key(user: str, name: str) -> str:
    """Keep the users' consumers apart from each other's and from the hub's own."""
    return f"api:{user}:{name}"


def _read(cursor: str) -> Place:
    cs, _, ord_ = cursor.partition(".")
    return int(cs), int(ord_)


def _behind(hub: Installation, place: Place, limit: int, viewer: Viewer) -> Feed:
    args = {"cs": place[0], "ord": place[1], "limit": limit, **visibility.args(viewer)}
    with hub.begin() as db:
        rows = db.execute(text(_EVENTS), args).all()
        visible = [row for row in rows if row.visible]
        numbers = _numbers(db, {p for row in visible for p in row.payload.get("parties", ())}, viewer)
    last = f"{rows[-1].cs}.{rows[-1].ord}" if rows else f"{place[0]}.{place[1]}"
    return Feed(events=[_event(row, numbers) for row in visible], next=last, more=len(rows) == limit)


def _numbers(db: Connection, parties: set[int], viewer: Viewer) -> dict[int, str]:
    """Name the other customers of events, as far as they are visible."""
    sql = f"select p.id, p.public_id from master.party p where p.id = any(:ids) and {visibility.customer_sql('p')}"  # noqa: S608 - ours
    rows = db.execute(text(sql), {"ids": list(parties), **visibility.args(viewer)})
    return {row.id: row.public_id for row in rows}


def _event(row: Any, numbers: dict[int, str]) -> Event:
    others = [numbers[p] for p in row.payload.get("parties", ()) if p in numbers]
    return Event(
        cursor=f"{row.cs}.{row.ord}", type=row.type, customer=row.public_id, customers=others, at=iso(row.at_us)
    )


_EVENTS = f"""
select e.cs, e.ord, e.type, e.payload, c.at_us, p.public_id, {visibility.customer_sql("p")} as visible
from (
  select * from master.event where (cs, ord) > (:cs, :ord) order by cs, ord limit :limit
) e
join master.change_set c on c.cs = e.cs join master.party p on p.id = e.party_id order by e.cs, e.ord
"""  # noqa: S608 - ours

_STORE = """
insert into master.consumer_offset (consumer, cs, ord) values (:consumer, :cs, :ord)
on conflict (consumer) do update set cs = excluded.cs, ord = excluded.ord
"""
