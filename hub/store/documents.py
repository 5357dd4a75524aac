"""Applied documents: immutable versions by hash, and which one is active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from customer_master.store.clock import now_us
from hub.errors import HubError
from hub.project import Document
from hub.store.tables import activation, document
from mappings.language.extensions import ExtensionError, bound


@dataclass(frozen=True, slots=True)
class Active:
    """The active version of a document.

    ``activation`` grows with every activation, so that the same text activated again counts as a new decision.
    """

    kind: str
    name: str
    hash: str
    body: str
    activation: int


def active(connection: Connection) -> list[Active]:
    """List the active version of every document that was ever applied."""
    a, d = activation.c, document.c
    rows = connection.execute(
        select(a.kind, a.name, a.hash, d.body, a.id)
        .ext(distinct_on(a.kind, a.name))
        .select_from(activation.join(document, d.hash == a.hash))
        .order_by(a.kind, a.name, a.id.desc())
    )
    return [Active(*row) for row in rows]


def as_applied(document: Document) -> Document:
    """Give a document as it is applied: a mapping says besides which versions of installed functions it calls.

    Raises:
        HubError: one of the functions cannot be used.
    """
    if document.kind != "mapping":
        return document
    try:
        return replace(document, body=bound(document.body))
    except ExtensionError as error:
        raise HubError(f"{document.origin}: {error.what}", error.remedy) from None


def apply(connection: Connection, documents: Sequence[Document]) -> list[Document]:
    """Store the documents and activate those whose text, as applied, is not the active one.

    Returns:
        The documents that became active now.

    Raises:
        HubError: a crosswalk says something else than the same version of it that was applied, or a mapping calls an
            installed function that cannot be used.
    """
    documents = [as_applied(d) for d in documents]
    connection.execute(text("lock table hub.activation in share row exclusive mode"))  # one who applies after the other
    standing = {(a.kind, a.name): a.hash for a in active(connection)}
    _demand_new_versions(documents, standing)
    changed = [d for d in documents if standing.get((d.kind, d.name)) != d.hash]
    for d in changed:
        connection.execute(
            upsert(document)
            .values(hash=d.hash, kind=d.kind, name=d.name, body=d.body, loaded_us=now_us())
            .on_conflict_do_nothing()
        )
        connection.execute(insert(activation).values(kind=d.kind, name=d.name, hash=d.hash, activated_us=now_us()))
    return changed


def _demand_new_versions(documents: Sequence[Document], standing: Mapping[tuple[str, str], str]) -> None:
    """Demand that what a version of a crosswalk says never changes: mappings name the version."""
    for d in documents:
        if d.kind == "crosswalk" and standing.get((d.kind, d.name), d.hash) != d.hash:
            users = [m.name for m in documents if m.kind == "mapping" and d.name in m.body]
            raise HubError(
                f"{d.origin}: the crosswalk {d.name} was applied with other content",
                f"Raise its version, and point these mappings at it: {', '.join(users) or 'none names it yet'}",
            )
