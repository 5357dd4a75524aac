"""The canonical model: frozen value types, the data class of every attribute, no I/O.

``party`` says who a customer is, ``activity`` what happens with one, ``record`` puts either under a key.

May import: ``mappings.normalize`` (nothing else of this project).
"""

from mappings.canonical.activity import (
    Attachment,
    CaseState,
    Channel,
    Direction,
    Holding,
    HoldingKind,
    Interaction,
    Item,
    Mention,
    MentionRole,
    Order,
    OrderLine,
    PointKind,
    ServiceCase,
    Step,
)
from mappings.canonical.classes import DataClass, data_classes
from mappings.canonical.party import Address, Email, Identifier, Kind, Name, NameType, Party, Phone
from mappings.canonical.record import (
    ENTITIES,
    MODEL_VERSION,
    CanonicalRecord,
    Content,
    Reference,
    canonical_hash,
    from_payload,
    to_payload,
)

__all__ = [
    "ENTITIES", "MODEL_VERSION", "Address", "Attachment", "CanonicalRecord", "CaseState", "Channel", "Content",
    "DataClass", "Direction", "Email", "Holding", "HoldingKind", "Identifier", "Interaction", "Item", "Kind", "Mention",
    "MentionRole", "Name", "NameType", "Order", "OrderLine", "Party", "Phone", "PointKind", "Reference", "ServiceCase",
    "Step", "canonical_hash", "data_classes", "from_payload", "to_payload",
]  # fmt: skip
