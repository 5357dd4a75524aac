"""What a steward saw when deciding, kept as hashes: enough to tell later what has changed, not what it said."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, text

from customer_master.store.tables import OPEN
from mappings.canonical import upcast
from mappings.canonical.elements import ELEMENT_ATTRIBUTES, fingerprint
from mappings.normalize.identifiers import organisation_code
from mappings.normalize.text import is_placeholder

Said = Mapping[str, Collection[str]]
"""Party attribute -> hashes of what a record says in it."""


def looked_at(db: Connection, records: Collection[int]) -> tuple[dict[str, Any], str]:
    """Give what a decision about these records keeps of them.

    Args:
        db: connection.
        records: source records that were looked at.

    Returns:
        The evidence as stored with the decision: ``salt`` and, under ``said``, record -> attribute -> hashes; and one
        hash of what all of them say, for telling whether anything at all has changed.
    """
    salt = secrets.token_hex(8)
    rows = db.execute(text(_SAYS), {"ids": list(records)}).all()
    evidence = {"salt": salt, "said": {str(row.record_id): said(upcast(row.payload), salt) for row in rows}}
    hashes = "\n".join(f"{row.record_id} {row.evidence_hash}" for row in rows)
    return evidence, hashlib.sha256(hashes.encode()).hexdigest()


def said(payload: Mapping[str, Any], salt: str) -> dict[str, list[str]]:
    """Hash what a record says, attribute by attribute; the same statement in another writing hashes the same.

    Of identifiers only valid ones count, and of a Chinese one the organisation code inside.
    """
    hashes = {}
    for attribute in ELEMENT_ATTRIBUTES:
        values = {_statement(attribute, element) for element in payload.get(attribute, ())} - {""}
        hashes[attribute] = sorted(_hash(salt, attribute, value) for value in values)
    return hashes


def agreements(a: Said, b: Said) -> dict[str, str]:
    """List in what two records agree so that it identifies them: hash -> ``identifier`` or ``contact``.

    A contact agrees if both a telephone and a mail address do.
    """
    found = dict.fromkeys(_common(a, b, "identifiers"), "identifier")
    for phone in _common(a, b, "phones"):
        found |= {phone + email: "contact" for email in _common(a, b, "emails")}
    return found


def changed(before: Said, now: Said) -> list[str]:
    """List the attributes in which a record says something else now."""
    return [a for a in ELEMENT_ATTRIBUTES if set(before.get(a, ())) != set(now.get(a, ()))]


def _common(a: Said, b: Said, attribute: str) -> list[str]:
    return sorted(set(a.get(attribute, ())) & set(b.get(attribute, ())))


def _statement(attribute: str, element: Mapping[str, Any]) -> str:
    value = fingerprint(attribute, element)
    if attribute == "identifiers":
        if not element.get("valid", True) or is_placeholder(value, "identifier"):
            return ""
        return organisation_code(value) or value
    return "" if is_placeholder(value) else value


def _hash(salt: str, attribute: str, value: str) -> str:
    return hashlib.sha256(f"{salt}\x1f{attribute}\x1f{value}".encode()).hexdigest()[:16]


_SAYS = f"""
select record_id, coalesce(evidence, payload) as payload, evidence_hash from master.source_record_version
where record_id = any(:ids) and to_cs = {OPEN} order by record_id
"""  # noqa: S608 - ours
