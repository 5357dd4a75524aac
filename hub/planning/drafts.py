"""What ``hub apply`` would do with each document of the project folder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Literal

from hub.project import Document
from hub.store.documents import Active


@dataclass(frozen=True, slots=True)
class Draft:
    """One document, in the project folder against the active version.

    Args:
        kind: kind of the document.
        name: its name within the kind.
        state: ``new``, ``changed`` and ``unchanged`` against the active version; ``left``: it is no longer in the
            project folder, and stays active, because applying ends nothing.
        hash: identity of the version in the project folder; of the active one if it was left.
        diff: lines of a unified diff from the active text to the new one.
    """

    kind: str
    name: str
    state: Literal["new", "changed", "unchanged", "left"]
    hash: str
    diff: list[str] = field(default_factory=list)

    @property
    def becomes_active(self) -> bool:
        """Applying makes it the active version."""
        return self.state in ("new", "changed")


def drafts(active: Sequence[Active], read: Sequence[Document]) -> list[Draft]:
    """Compare the documents of a project folder with the active ones.

    Args:
        active: the active versions.
        read: all documents of the project.

    Returns:
        One for every document of either side, in the order of the project; those left behind come last.
    """
    standing = {(a.kind, a.name): a for a in active}
    found = [_draft(standing.pop((d.kind, d.name), None), d) for d in read]
    crosswalks = {d.name.partition("@")[0] for d in read if d.kind == "crosswalk"}
    return [*found, *(Draft(a.kind, a.name, "left", a.hash) for a in standing.values() if not _is_older(a, crosswalks))]


def _is_older(active: Active, crosswalks: Collection[str]) -> bool:
    """Tell whether it is a version of a crosswalk that the project has another version of; all are kept."""
    return active.kind == "crosswalk" and active.name.partition("@")[0] in crosswalks


def _draft(old: Active | None, new: Document) -> Draft:
    if old is None:
        return Draft(new.kind, new.name, "new", new.hash)
    if old.hash == new.hash:
        return Draft(new.kind, new.name, "unchanged", new.hash)
    lines = unified_diff(
        old.body.splitlines(), new.body.splitlines(), f"{new.origin} (active)", f"{new.origin} (new)", lineterm=""
    )
    return Draft(new.kind, new.name, "changed", new.hash, list(lines))
