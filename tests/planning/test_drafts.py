"""What applying would do with each document, told from texts alone."""

from __future__ import annotations

from hub.planning.drafts import drafts
from hub.project import Document
from hub.store.documents import Active


def active(kind: str, name: str, body: str = "as it was") -> Active:
    document = Document(kind, name, body, f"{name}.yaml")
    return Active(activation=1, kind=kind, name=name, hash=document.hash, body=body)


def test_a_document_that_left_the_folder_is_told_and_an_older_crosswalk_is_not() -> None:
    standing = [active("crosswalk", "states@1"), active("crosswalk", "grades@1"), active("mapping", "erp.party")]
    found = drafts(standing, [Document("crosswalk", "states@2", "as it is", "states.csv")])
    assert [(d.name, d.state) for d in found] == [("states@2", "new"), ("grades@1", "left"), ("erp.party", "left")]
