"""What an act on the master has in hand, what it brings along and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from hub.documents import ActiveDocuments, load
from hub.settings import Settings
from hub.store.database import open_database


@dataclass(frozen=True, slots=True)
class Master:
    """The customer master and the documents that say how it is made.

    Args:
        engine: the hub's database.
        documents: the applied documents.
    """

    engine: Engine
    documents: ActiveDocuments


def open_master(settings: Settings, engine: Engine | None = None) -> Master:
    """Open the master of an installation.

    Args:
        settings: the installation.
        engine: its database, if somebody opened it already.

    Raises:
        HubError: the database cannot be had, or no documents are applied yet.
    """
    opened = engine or open_database(settings)
    return Master(opened, load(opened))


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and what belongs to the act.

    Args:
        user: the steward.
        reason: why, in the steward's words.
        reason_code: why, as a word that can be counted.
        source: ``steward``, ``api``, ``import`` or ``batch``.
        task_id: the task it answers.
        second: who has agreed, where a policy asks for four eyes.
        elapsed_ms: how long it was looked at.
        seen: customer -> version the steward has looked at; the act is refused if there is a newer one.
    """

    user: str
    reason: str = ""
    reason_code: str = ""
    source: str = "steward"
    task_id: int | None = None
    second: str | None = None
    elapsed_ms: int = 0
    seen: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act has made.

    Args:
        decision_id: number of the decision.
        cs: its commit number, by which it is undone.
        verdict: what was decided.
        parties: customers that it changed and that go on.
        ended: customers that it ended.
    """

    decision_id: int
    cs: int
    verdict: str
    parties: tuple[int, ...]
    ended: tuple[int, ...]
