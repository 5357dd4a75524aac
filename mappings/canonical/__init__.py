"""The canonical model: frozen value types, the data class of every attribute, no I/O.

``party`` says who a customer is, ``activity``, ``consent`` and ``trade`` what happens with one, ``record`` puts any of
them under a key and writes it, ``reading`` reads it back, ``model_schema`` tells the form of what is written.

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
from mappings.canonical.consent import Consent, ConsentState
from mappings.canonical.party import Address, Email, Identifier, Kind, Name, NameType, Party, Phone, Role
from mappings.canonical.reading import from_payload, read_payload, upcast
from mappings.canonical.record import (
    ENTITIES,
    MODEL_VERSION,
    CanonicalRecord,
    Content,
    Reference,
    Relation,
    canonical_hash,
    to_payload,
)
from mappings.canonical.trade import ChannelStock, SellThrough

__all__ = [
    "ENTITIES", "MODEL_VERSION", "Address", "Attachment", "CanonicalRecord", "CaseState", "Channel", "ChannelStock",
    "Consent", "ConsentState", "Content", "DataClass", "Direction", "Email", "Holding", "HoldingKind", "Identifier",
    "Interaction", "Item", "Kind", "Mention", "MentionRole", "Name", "NameType", "Order", "OrderLine", "Party", "Phone",
    "PointKind", "Reference", "Relation", "Role", "SellThrough", "ServiceCase", "Step", "canonical_hash",
    "data_classes", "from_payload", "read_payload", "to_payload", "upcast",
]  # fmt: skip
