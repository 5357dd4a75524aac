"""What a steward's program decides, as it is sent, and how it is carried out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Connection, text

from customer_master.stewardship.errors import UnknownError
from customer_master.stewardship.relating import Terms
from customer_master.store import visibility
from customer_master.store.visibility import Viewer
from hub.master import acts
from hub.master.context import By, Done, Master
from hub.web.api.customers import seen
from hub.web.api.paging import LARGEST_ID
from hub.web.api.problems import ApiError
from hub.web.api.times import microseconds

Record = Annotated[int, Field(ge=1, lt=LARGEST_ID, description="number of a source record", examples=[12])]
Number = Annotated[str, StringConstraints(max_length=40), Field(examples=["CM-KRVQ-KEBX-N"])]
Relation = Literal[
    "branch_of", "subsidiary_of", "site_of", "distributes_for", "retails_for", "bill_to", "ship_to", "contact_of",
    "successor_of",
]  # fmt: skip


class Why(BaseModel):
    """Why something is done, in the steward's words."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(max_length=acts.LONGEST_REASON)] = ""


class Verdict(Why):
    """Base of all verdicts: why, and how long it took."""

    reason_code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,40}$")] = ""
    elapsed_ms: Annotated[int, Field(ge=0, le=24 * 3_600_000)] = 0


class PairVerdict(Verdict):
    """Are two source records one customer?"""

    verdict: Literal["same", "different", "unsure"]
    a: Record
    b: Record


class Merge(Verdict):
    """Several customers are one."""

    verdict: Literal["merge"]
    customers: Annotated[list[Number], Field(min_length=2, max_length=50)]


class Split(Verdict):
    """A customer is several; records in no group stay with the first."""

    verdict: Literal["split"]
    customer: Number
    groups: Annotated[
        list[Annotated[list[Record], Field(min_length=1, max_length=1000)]], Field(min_length=1, max_length=50)
    ]


class Related(Verdict):
    """The first record's customer is something of the second's."""

    verdict: Literal["related"]
    from_record: Record
    to_record: Record
    type: Relation
    share: Annotated[Decimal | None, Field(gt=0, le=100, max_digits=5, decimal_places=2)] = None
    effective_from: date | None = None
    effective_to: date | None = None


class Unrelated(Verdict):
    """A relation ends."""

    verdict: Literal["unrelated"]
    from_record: Record
    to_record: Record
    type: Relation


class Pin(Verdict):
    """A value is fixed, for ever or until ``expires`` or until the sources change."""

    verdict: Literal["pin"]
    customer: Number
    attribute: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] = Field(examples=["phone"])
    value: Any = Field(description="in the form of the agreed value")
    mode: Literal["forever", "until_date", "until_source_changes", "until_any_newer"] = "forever"
    expires: AwareDatetime | None = None

    @model_validator(mode="after")
    def _date_if_until_date(self) -> Pin:
        if (self.mode == "until_date") != (self.expires is not None):
            raise ValueError("expires belongs to the mode until_date")
        return self


class Undo(Verdict):
    """A change is taken back."""

    verdict: Literal["undo"]
    commit: Annotated[int, Field(ge=1, lt=LARGEST_ID)]


class Unpin(Verdict):
    """The sources say a fixed value again."""

    verdict: Literal["unpin"]
    customer: Number
    pin: Record


AnyVerdict = Annotated[PairVerdict | Merge | Split | Related | Unrelated | Pin | Unpin, Field(discriminator="verdict")]
Kept = Annotated[PairVerdict | Merge | Split | Related | Unrelated | Pin | Unpin | Undo, Field(discriminator="verdict")]
"""Every verdict that can wait for a second person."""

IfMatch = Annotated[
    str | None,
    Header(
        max_length=2000,
        description="ETags of the customers of the body, in its order; `*`: whatever they are now",
        examples=['"1042"'],
    ),
]


@singledispatch
def carry_out(verdict: Verdict, master: Master, parties: tuple[int, ...], by: By) -> Done:  # noqa: ARG001 - see below
    """Do what was decided.

    Args:
        verdict: what was decided; its class says which act it is.
        master: the master.
        parties: internal numbers of its customers.
        by: who, and why.
    """
    raise TypeError(type(verdict).__name__)


@carry_out.register
def _(verdict: PairVerdict, master: Master, _parties: tuple[int, ...], by: By) -> Done:
    act = {"same": acts.same, "different": acts.different, "unsure": acts.unsure}[verdict.verdict]
    return act(master, verdict.a, verdict.b, by)


@carry_out.register
def _(_verdict: Merge, master: Master, parties: tuple[int, ...], by: By) -> Done:
    return acts.merge(master, parties, by)


@carry_out.register
def _(verdict: Split, master: Master, parties: tuple[int, ...], by: By) -> Done:
    return acts.split(master, parties[0], verdict.groups, by)


@carry_out.register
def _(verdict: Related, master: Master, _parties: tuple[int, ...], by: By) -> Done:
    terms = Terms(verdict.share, verdict.effective_from, verdict.effective_to)
    return acts.relate(master, verdict.from_record, verdict.to_record, verdict.type, by, terms)


@carry_out.register
def _(verdict: Unrelated, master: Master, _parties: tuple[int, ...], by: By) -> Done:
    return acts.unrelate(master, verdict.from_record, verdict.to_record, verdict.type, by)


@carry_out.register
def _(verdict: Pin, master: Master, parties: tuple[int, ...], by: By) -> Done:
    expires = microseconds(verdict.expires.isoformat()) if verdict.expires is not None else None
    return acts.pin(master, parties[0], verdict.attribute, verdict.value, by, mode=verdict.mode, expires_us=expires)


@carry_out.register
def _(verdict: Unpin, master: Master, _parties: tuple[int, ...], by: By) -> Done:
    return acts.unpin(master, verdict.pin, by)


@carry_out.register
def _(verdict: Undo, master: Master, _parties: tuple[int, ...], by: By) -> Done:
    return acts.undo(master, verdict.commit, by)


def customers_of(verdict: Verdict) -> list[str]:
    """List the numbers of the customers that a verdict is about; the caller must have looked at them."""
    match verdict:
        case Merge():
            return verdict.customers
        case Split() | Pin() | Unpin():
            return [verdict.customer]
    return []


def records_of(verdict: Verdict) -> set[int]:
    """List the source records that a verdict names."""
    match verdict:
        case PairVerdict():
            return {verdict.a, verdict.b}
        case Related() | Unrelated():
            return {verdict.from_record, verdict.to_record}
        case Split():
            return {record for group in verdict.groups for record in group}
    return set()


def parties_of(db: Connection, verdict: Verdict, viewer: Viewer) -> tuple[int, ...]:
    """Give the internal numbers of the customers of a verdict.

    Raises:
        StewardshipError: the viewer sees no such customer or record, or a number is not in use any more.
    """
    demand_visible(db, records_of(verdict), viewer)
    return tuple(seen(db, number, viewer) for number in customers_of(verdict))


def demand_visible(db: Connection, records: Collection[int], viewer: Viewer) -> None:
    """Refuse unless the viewer sees all these records.

    Raises:
        UnknownError: one of them is not there, or in a unit that the viewer does not see.
    """
    sql = f"select count(*) from master.source_record r where r.id = any(:ids) and {visibility.sql('r')}"  # noqa: S608 - ours
    wanted = set(records)
    found = db.execute(text(sql), {"ids": sorted(wanted), **visibility.args(viewer)}).scalar_one()
    if found < len(wanted):
        raise UnknownError("There is no such record", "Take the numbers of records from a customer")


def looked_at(parties: tuple[int, ...], if_match: str | None) -> dict[int, int] | None:
    """Read which version of each customer the caller has looked at; ``None``: whichever.

    Raises:
        ApiError: 428, it does not say; 412, one of them was never a version; 422, their number does not fit.
    """
    if not parties:
        return None
    if not if_match:
        raise ApiError(
            428, "precondition-required", "The request does not say which version of the customer it is about",
            "Send the ETag of the customer as If-Match",
        )  # fmt: skip
    if if_match.strip() == "*":
        return None
    tags = [tag.strip() for tag in if_match.split(",")]
    if len(tags) != len(parties):
        raise ApiError(
            422, "invalid", f"If-Match has {len(tags)} ETags for {len(parties)} customers",
            "Send one for each customer, in the order of the body",
        )  # fmt: skip
    return {party: _version(tag) for party, tag in zip(parties, tags, strict=True)}


def _version(tag: str) -> int:
    digits = tag.strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19 and tag == f'"{digits}"'):
        raise ApiError(412, "stale", "If-Match is no version of a customer", "Send the ETag as the customer gave it")
    return int(digits)
