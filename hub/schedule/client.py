"""Airflow's REST API, as far as the hub needs it: health, pools, runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import httpx

from hub.errors import HubError
from hub.schedule.names import PUBLISH, QUALITY, RESOLVE

_FOLLOWING = (RESOLVE, PUBLISH, QUALITY)
_ENDED = {"success", "failed"}
_POLL_SECONDS = 1.0
_QUIET_SECONDS = 5.0  # an asset's news start the DAGs that wait for it within a second or two
_REQUEST_SECONDS = 30.0
_HEALTH_SECONDS = 5.0  # also asked of whoever else may listen there


@dataclass(frozen=True, slots=True)
class DagRun:
    """One run of a DAG.

    Args:
        dag: its DAG.
        run: its id.
        state: queued, running, success or failed.
        started: when it started, ``None``: not yet.
        ended: when it ended, ``None``: not yet.
    """

    dag: str
    run: str
    state: str
    started: datetime | None
    ended: datetime | None


Answer = TypeVar("Answer")
Progress = Callable[[str, int, int | None], None]
"""Told what is waited for, how many are done, and how many there are."""


@dataclass(slots=True)
class Airflow:
    """A running Airflow.

    Args:
        address: address of its API server.
        user: who asks.
        password: their password.
    """

    address: str
    user: str
    password: str = field(repr=False)
    _token: str = field(default="", init=False, repr=False)

    def health(self) -> dict[str, str]:
        """Map component to its state; empty if nobody answers."""
        try:
            answer = httpx.get(f"{self.address}/api/v2/monitor/health", timeout=_HEALTH_SECONDS, trust_env=False)
            content = answer.json() if answer.status_code == httpx.codes.OK else {}
        except (httpx.HTTPError, ValueError):
            return {}
        return {name: str(part.get("status")) for name, part in content.items() if isinstance(part, dict)}

    def set_pool(self, name: str, slots: int, description: str) -> None:
        """Make a pool, or give it its number of slots."""
        body = {"name": name, "slots": slots, "description": description, "include_deferred": False}
        answer = self._ask("POST", "pools", json=body, expected=(201, 409))
        if answer.status_code == httpx.codes.CONFLICT:
            self._ask("PATCH", f"pools/{name}", json=body)

    def pools(self) -> dict[str, int]:
        """Map pool to its slots."""
        return {p["name"]: p["slots"] for p in self._ask("GET", "pools", params={"limit": 1000}).json()["pools"]}

    def dags(self) -> dict[str, bool]:
        """Map DAG to whether it is paused."""
        found = self._ask("GET", "dags", params={"limit": 1000}).json()["dags"]
        return {dag["dag_id"]: bool(dag["is_paused"]) for dag in found}

    def import_errors(self) -> dict[str, str]:
        """Map DAG file to what is wrong with it."""
        found = self._ask("GET", "importErrors", params={"limit": 1000}).json()["import_errors"]
        return {error["filename"]: error["stack_trace"] for error in found}

    def unpause(self, dag: str) -> None:
        """Let a DAG run."""
        self._ask("PATCH", f"dags/{dag}", json={"is_paused": False})

    def trigger(self, dag: str) -> str:
        """Start a run of a DAG and give its id."""
        answer = self._ask("POST", f"dags/{dag}/dagRuns", json={"logical_date": None})
        return str(answer.json()["dag_run_id"])

    def runs(self, dag: str = "~", limit: int = 100) -> list[DagRun]:
        """List the latest runs of a DAG, or of all, newest first."""
        answer = self._ask("GET", f"dags/{dag}/dagRuns", params={"limit": limit, "order_by": "-run_after"})
        return [_run(row) for row in answer.json()["dag_runs"]]

    def tasks(self, dag: str, run: str) -> dict[str, str]:
        """Map the tasks of a run to their states."""
        found = self._ask("GET", f"dags/{dag}/dagRuns/{run}/taskInstances").json()["task_instances"]
        return {task["task_id"]: str(task["state"]) for task in found}

    def run_through(self, sources: Iterable[str], *, within_seconds: float, report: Progress) -> list[DagRun]:
        """Trigger the sources' DAGs, and wait until they and what follows from them are through.

        Args:
            sources: DAGs of sources.
            within_seconds: how long all may take.
            report: told how many DAGs are through; also while Airflow does not answer for a moment.

        Returns:
            The latest run of each source and of each DAG that follows.

        Raises:
            HubError: it takes longer, or a run failed.
        """
        deadline = time.monotonic() + within_seconds
        triggered = {dag: self._patiently(deadline, partial(self._start, dag)) for dag in sources}
        concerned = {*triggered, *_FOLLOWING}  # a run of a DAG that was taken away meanwhile never ends
        quiet_since = time.monotonic()
        while True:
            runs = [run for run in self._patiently(deadline, self.runs) if run.dag in concerned]
            latest = _latest_of(runs, triggered)
            failed = sorted(run.dag for run in latest if run.state == "failed")
            if failed:
                raise HubError(
                    f"These DAGs have failed: {', '.join(failed)}", f"The logs of their tasks say why: {self.address}"
                )
            wanted = len(triggered) + len(_FOLLOWING)
            report("Airflow", sum(run.state == "success" for run in latest), wanted)
            if len(latest) < wanted or not all(run.state in _ENDED for run in runs):
                quiet_since = time.monotonic()
            if time.monotonic() > quiet_since + _QUIET_SECONDS:
                return latest
            if time.monotonic() > deadline:
                raise HubError(
                    f"Airflow is not through after {within_seconds:.0f} s", f"Look at its runs: {self.address}"
                )
            time.sleep(_POLL_SECONDS)

    def _start(self, dag: str) -> str:
        self.unpause(dag)
        return self.trigger(dag)

    def _patiently(self, deadline: float, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer: components are restarted, and a new DAG is not known at once."""
        while True:
            try:
                return ask()
            except HubError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_SECONDS)

    def _ask(self, method: str, path: str, expected: Collection[int] = (200, 201), **options: Any) -> httpx.Response:
        try:
            if not self._token:
                self._log_in()
            answer = self._send(method, path, options)
            if answer.status_code == httpx.codes.UNAUTHORIZED:  # the token has run out
                self._log_in()
                answer = self._send(method, path, options)
        except httpx.HTTPError as error:
            raise HubError(
                f"Airflow at {self.address} does not answer: {type(error).__name__}", "Look at it with: hub status"
            ) from None
        if answer.status_code not in expected:
            raise HubError(
                f"Airflow at {self.address} answers {method} {path} with {answer.status_code}",
                "Look at it with: hub status",
            )
        return answer

    def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.request(
            method, f"{self.address}/api/v2/{path}", headers=headers, timeout=_REQUEST_SECONDS, trust_env=False,
            **options,
        )  # fmt: skip

    def _log_in(self) -> None:
        body = {"username": self.user, "password": self.password}
        answer = httpx.post(f"{self.address}/auth/token", json=body, timeout=_REQUEST_SECONDS, trust_env=False)
        if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
            raise HubError(
                f"Airflow at {self.address} refuses the user {self.user}: {answer.status_code}",
                "Another program may listen there: look with hub status",
            )
        self._token = answer.json()["access_token"]


def _latest_of(runs: list[DagRun], triggered: dict[str, str]) -> list[DagRun]:
    """Give the triggered runs, and the latest of each DAG that follows from them."""
    own = [run for run in runs if triggered.get(run.dag) == run.run]
    begun = min((run.started for run in own if run.started), default=None)
    for dag in _FOLLOWING:
        following = (run for run in runs if run.dag == dag and run.started and begun and run.started > begun)
        own += islice(following, 1)
    return own


def _run(row: dict[str, Any]) -> DagRun:
    return DagRun(row["dag_id"], row["dag_run_id"], row["state"], _time(row["start_date"]), _time(row["end_date"]))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
