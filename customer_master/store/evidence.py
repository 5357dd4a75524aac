"""What of a source record is its own word, and what is only the echo of our writing.

A value the hub wrote comes back with the next pull. It is recorded, but it is no evidence: it counts for nothing in
survivorship, recency or matching until someone changes it. Where the hub replaced a value, the record's own last word
stays its evidence, so that publishing never weakens what the master was built on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mappings.canonical.elements import ELEMENT_ATTRIBUTES, fingerprint


@dataclass(frozen=True, slots=True)
class Written:
    """One element that the hub wrote into a target record.

    Args:
        attribute: party attribute, e.g. ``phones``.
        fingerprint: fingerprint of the element written.
        replaced: the record's own element that the write replaced, ``None`` if it filled a gap.
    """

    attribute: str
    fingerprint: str
    replaced: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the stored form."""
        return asdict(self)


def own_evidence(payload: Mapping[str, Any], written: Iterable[Written]) -> dict[str, Any] | None:
    """Take the hub's own writing out of a payload.

    Args:
        payload: canonical content as the source says it.
        written: what the hub wrote into this record.

    Returns:
        The record's own evidence, or ``None`` if the payload holds nothing of the hub's.
    """
    ours = {(w.attribute, w.fingerprint): w.replaced for w in written}
    if not ours:
        return None
    evidence = dict(payload)
    for attribute in ELEMENT_ATTRIBUTES:
        standing = list(payload.get(attribute, ()))
        elements = []
        for element in standing:
            key = (attribute, fingerprint(attribute, element))
            own = ours.get(key, element)
            if own is not None and own not in elements:
                elements.append(own)
        if elements and elements != standing:
            evidence[attribute] = elements
        elif not elements:
            evidence.pop(attribute, None)  # a payload leaves out what it has not
    return None if evidence == payload else evidence
