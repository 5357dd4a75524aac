"""Imported once by the fork server, so that each hub process begins with everything loaded and nothing connected."""

from __future__ import annotations

from dq_rules.gate import check
from dq_rules.rows import SAMPLES, flatten
from dq_rules.rules import parse_rules
from hub import documents, project
from hub.coherence import crosswalks_of
from mappings.canonical import CanonicalRecord
from tests.tryton_loop.installation import REPOSITORY


def warm_up() -> None:
    """Do once what costs each new process seconds: the quality gate's engine, the readers' tables."""
    authored = project.documents(REPOSITORY)
    crosswalks = crosswalks_of(authored)
    for document in authored:
        documents.check(document, crosswalks)
        if document.kind == "quality":
            rules = parse_rules(document.body, document.origin)
            check(rules, [flatten(CanonicalRecord(rules.entity, "sample", "1", SAMPLES[rules.entity]))])


warm_up()
