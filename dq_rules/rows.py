"""Flat rows of canonical records, as rules see them."""

from __future__ import annotations

from typing import Any

from mappings.canonical import CanonicalRecord, NameType, Party
from mappings.normalize.text import is_placeholder, looks_mojibake


def flatten(record: CanonicalRecord) -> dict[str, Any]:
    """Make the row of a canonical record that rules are checked on.

    Returns:
        ``key``, ``record_type``, ``kind``, ``active``; ``name`` (the registered one, else the first; ``None`` without
        one), ``name_placeholder``, ``name_mojibake``; ``uscc`` (``None`` without one), ``uscc_valid``,
        ``identifier_count``; ``country``, ``region`` of the first address (``None`` without one),
        ``address_count``, ``phone_count``, ``email_count``, ``contact_points`` (the three counts together).
    """
    party = record.party
    name = _name(party)
    uscc = next((i for i in party.identifiers if i.type == "cn_uscc"), None)
    address = party.addresses[0] if party.addresses else None
    return {
        "key": f"{record.record_type} {record.key}",
        "record_type": record.record_type,
        "kind": str(party.kind),
        "active": party.active,
        "name": name,
        "name_placeholder": name is not None and is_placeholder(name, "name"),
        "name_mojibake": name is not None and looks_mojibake(name),
        "uscc": uscc.value if uscc else None,
        "uscc_valid": uscc.valid if uscc else None,
        "identifier_count": len(party.identifiers),
        "country": address.country if address else None,
        "region": (address.region or None) if address else None,
        "address_count": len(party.addresses),
        "phone_count": len(party.phones),
        "email_count": len(party.emails),
        "contact_points": len(party.addresses) + len(party.phones) + len(party.emails),
    }


def _name(party: Party) -> str | None:
    registered = (name.text for name in party.names if name.type is NameType.REGISTERED)
    return next(registered, party.names[0].text if party.names else None)
