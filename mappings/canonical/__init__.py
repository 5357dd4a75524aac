"""The canonical model: frozen value types, the data class of every attribute, no I/O.

May import: ``mappings.normalize`` (nothing else of this project).
"""

from mappings.canonical.party import (
    MODEL_VERSION,
    Address,
    CanonicalRecord,
    DataClass,
    Email,
    Identifier,
    Kind,
    Name,
    NameType,
    Party,
    Phone,
    Reference,
    canonical_hash,
    data_classes,
    from_payload,
    to_payload,
)

__all__ = [
    "MODEL_VERSION",
    "Address",
    "CanonicalRecord",
    "DataClass",
    "Email",
    "Identifier",
    "Kind",
    "Name",
    "NameType",
    "Party",
    "Phone",
    "Reference",
    "canonical_hash",
    "data_classes",
    "from_payload",
    "to_payload",
]
