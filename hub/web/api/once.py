"""Answers a repeated request as it answered the first: whoever lost the answer may safely ask again.

The key is taken before the act and its answer is kept when the act succeeded; a refused act leaves the key free. What
is kept holds numbers only, no personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import Connection, text
from starlette.responses import JSONResponse

from customer_master.store.clock import now_us
from hub.web.access import SignedIn
from hub.web.api.problems import ApiError
from hub.web.installation import Hub, Installation

_AT_WORK_US = 60_000_000
"""After this long a first request that is still at work is taken for dead."""

_KEPT_US = 7 * 24 * 3_600_000_000
_RETRY_SECONDS = 1

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,128}$",
        description="chosen by the caller for one act; repeated, it gives the same answer for 7 days",
        examples=["6f1c2a52-0c3f-4b5e-9a50-3f3c1f0c7a11"],
    ),
]


@dataclass(frozen=True, slots=True)
class Once:
    """One request that must have its effect once.

    Args:
        hub: the installation.
        user: who asks.
        key: the caller's idempotency key.
        route: method, path and precondition: what makes another request of the same key.
    """

    hub: Installation
    user: str
    key: str
    route: tuple[str, ...]

    def answer(self, body: BaseModel | None, act: Callable[[], tuple[int, BaseModel]]) -> JSONResponse:
        """Do the act, or give the answer of the first time.

        Args:
            body: what was sent.
            act: does it and gives HTTP status and answer, which must hold no personal data.

        Raises:
            ApiError: 409, the first request is still at work; 422, the key belongs to another request.
        """
        sent = body.model_dump(mode="json") if body is not None else None
        request_hash = hashlib.sha256(json.dumps([*self.route, sent]).encode()).hexdigest()
        with self.hub.begin() as db:
            known = self._take(db, request_hash)
        if known is not None:
            return known
        try:
            status, answer = act()
            made = answer.model_dump(mode="json")
        except BaseException:
            self._run("delete from hub.api_answer where user_name = :user and key = :key and status = 0")
            raise
        kept = json.dumps(made, ensure_ascii=False)
        self._run(
            "update hub.api_answer set status = :status, body = cast(:body as jsonb)"
            " where user_name = :user and key = :key",
            status=status,
            body=kept,
        )
        return JSONResponse(made, status)

    def _take(self, db: Connection, request_hash: str) -> JSONResponse | None:
        """Take the key; if somebody has it, give its answer."""
        now = now_us()
        db.execute(text("delete from hub.api_answer where at_us < :old"), {"old": now - _KEPT_US})
        args = {"user": self.user, "key": self.key, "hash": request_hash, "now": now, "dead": now - _AT_WORK_US}
        if db.execute(text(_TAKE), args).first() is not None:
            return None
        row = db.execute(text(_KNOWN), args).one()
        if row.request_hash != request_hash:
            raise ApiError(
                422, "key-reused", "This Idempotency-Key belongs to another request", "Choose a new key for every act"
            )
        if not row.status:
            raise ApiError(
                409, "at-work", "The first request with this Idempotency-Key is still at work",
                "Ask again with the same key in a moment", {"retry-after": str(_RETRY_SECONDS)},
            )  # fmt: skip
        return JSONResponse(row.body, row.status, {"idempotency-replayed": "true"})

    def _run(self, statement: str, **args: Any) -> None:
        with self.hub.begin() as db:
            db.execute(text(statement), {"user": self.user, "key": self.key, **args})


def once(request: Request, hub: Hub, user: SignedIn, key: Key) -> Once:
    """Give the request's key, as a dependency."""
    route = (request.method, request.url.path, request.headers.get("if-match", ""))
    return Once(hub, user.name, key, route)


OnlyOnce = Annotated[Once, Depends(once)]

_TAKE = """
insert into hub.api_answer as a (user_name, key, request_hash, status, body, at_us)
values (:user, :key, :hash, 0, '{}', :now)
on conflict (user_name, key) do update set at_us = excluded.at_us
  where a.status = 0 and a.at_us < :dead and a.request_hash = excluded.request_hash
returning 1
"""

_KNOWN = "select request_hash, status, body from hub.api_answer where user_name = :user and key = :key"
