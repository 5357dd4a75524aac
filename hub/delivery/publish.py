"""Publish to every subscribed target."""

from __future__ import annotations

from sqlalchemy import exists, select

from connectors.base import Sink
from connectors.errors import ConfigurationError, ConnectorError
from customer_master.store.recording import ensure_system
from hub.connections import connect
from hub.delivery.fold import fold
from hub.delivery.send import recover, send
from hub.errors import HubError
from hub.pipeline.work import Work
from hub.project import Subscription
from hub.store import passes, runs
from hub.store.tables import delivery


def publish(work: Work) -> set[str]:
    """Bring agreed facts into every target.

    A target that cannot or must not be reached is noted with its error; its deliveries stay pending.

    Returns:
        The targets that were written to, for reading back.
    """
    touched = set()
    for subscription in work.documents.subscriptions:
        try:
            if _publish_one(work, subscription):
                touched.add(subscription.target)
        except (ConnectorError, HubError) as error:
            with work.engine.begin() as db:
                runs.note_pull(db, work.run_id, subscription.target, subscription.stream, error)
    with work.engine.begin() as db:
        passes.settle_deliveries(db)
    return touched


def _publish_one(work: Work, subscription: Subscription) -> bool:
    connection = work.documents.connections.get(subscription.target)
    if connection is None:
        raise ConfigurationError(
            "a subscription names this system as its target, but it has no connection", system=subscription.target,
            where=f"subscription {subscription.subscription}", remedy="Mend the subscription, or write the connection",
        )  # fmt: skip
    if connection.stage == "prod" and work.settings.stage != "prod":
        raise HubError(
            f"{subscription.target} is marked prod, this installation is stamped {work.settings.stage}",
            "Only an installation stamped prod (HUB_STAGE) may write there",
        )
    with work.engine.begin() as db:
        system_id = ensure_system(db, code=connection.connection, kind=connection.kind, org_unit=connection.org_unit)
    looked_at = fold(work, subscription, system_id, connection.org_unit)
    if not looked_at and not _has_pending(work, subscription.target):
        return False
    with connect(work.settings, connection) as source:
        if not isinstance(source, Sink):
            raise ConfigurationError(
                f"Connector {connection.connector} cannot write", system=connection.connection,
                remedy="Take the subscription out or choose another connector",
            )  # fmt: skip
        recover(work, subscription, system_id, source)
        return send(work, subscription, source) > 0


def _has_pending(work: Work, target: str) -> bool:
    """Tell whether anything for a target is not settled."""
    with work.engine.begin() as db:
        return bool(
            db.execute(
                select(
                    exists().where(delivery.c.target == target, delivery.c.state.in_(("pending", "sent", "in-doubt")))
                )
            ).scalar()
        )
