"""Customers: finding them, and everything agreed about one, now or before, with the origin of each value."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, text
from starlette.responses import Response

from customer_master.stewardship.errors import RetiredError, UnknownError
from customer_master.store import visibility
from customer_master.store.as_of import CustomerAsOf, Member, customer_as_of
from customer_master.store.numbers import Resolved, resolve_number
from customer_master.store.search import Hit, search
from customer_master.store.visibility import Viewer
from hub.web.access import needs
from hub.web.api import paging
from hub.web.api.access import Sees
from hub.web.api.answers import Customer, Found, Origin, Pin, Record, RecordContent, Relation, Value
from hub.web.api.masking import Shown, masked, note
from hub.web.api.paging import Cursor, Limit, Page
from hub.web.api.problems import etag
from hub.web.api.routing import api_router, refusals
from hub.web.api.times import iso
from hub.web.commits import commit_of
from hub.web.installation import Hub, Installation
from hub.web.masking import mask_value
from hub.web.purposes import Purpose
from hub.web.queries import visible_customers

router = api_router("customers", dependencies=[needs("viewer")])

_MOST_FOUND = 1000
_LONGEST = 200
_ASKED = "name, pinyin, credit code, telephone, e-mail, `system/type/key` or customer number"
Number = Annotated[str, Path(max_length=40, description="customer number", examples=["CM-KRVQ-KEBX-N"])]
AsOf = Annotated[
    str, Query(max_length=40, description="a commit number, or a time with its zone; none for now", examples=["1042"])
]


class Question(BaseModel):
    """What is searched for."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=2, max_length=_LONGEST, description=_ASKED, examples=["0755-26988888"])]
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=200)] = ""


@router.get("/customers", operation_id="searchCustomers")
def find(
    hub: Hub,
    viewer: Sees,
    q: Annotated[str, Query(min_length=2, max_length=_LONGEST, description=_ASKED, examples=["华强电子"])],
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[Found]:
    """Find customers by whatever is in hand, the best first; at most 1000.

    What is asked stands in the address. A person's telephone or e-mail belongs into `POST /search`.
    """
    return _search(hub, viewer, q, limit, cursor)


@router.post("/search", operation_id="searchInConfidence", responses=refusals(411, 413))
def find_in_confidence(question: Question, hub: Hub, viewer: Sees) -> Page[Found]:
    """Find customers as `GET /customers` does, with nothing of what is asked in the address. Nothing is stored."""
    return _search(hub, viewer, question.q, question.limit, question.cursor)


@router.get(
    "/customers/{number}",
    operation_id="getCustomer",
    response_model=Customer,
    responses={
        304: {"description": "The customer is as If-None-Match says"},
        308: {"description": "A former number; Location is the customer that follows it"},
        **refusals(404, 410),
    },
)
def show(
    request: Request,
    response: Response,
    hub: Hub,
    viewer: Sees,
    number: Number,
    as_of: AsOf = "",
    purpose: Shown = None,
) -> Any:
    """Show a customer. Its `ETag` is what acts on it send back as `If-Match`.

    Personal data is hidden until a purpose is named.
    """
    with hub.begin() as db:
        cs = commit_of(db, as_of)
        resolved = resolve_number(db, number, cs)
        if len(resolved.successors) == 1:
            return RedirectResponse(_moved(request, resolved.successors[0]), 308)
        _refuse_ended(resolved)
        customer = customer_as_of(db, resolved.party_id, cs, viewer)
        tag = etag(touched(db, resolved.party_id)) if not as_of else ""
        if tag and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        note(db, viewer, customer.party_id, customer.kind, purpose)
        answer = _customer(customer, _origins(db, customer, viewer), purpose, tag)
    if tag:
        response.headers["etag"] = tag
    return answer


@router.get("/customers/{number}/records", operation_id="listRecords", responses=refusals(404, 410))
def records(
    hub: Hub,
    viewer: Sees,
    number: Number,
    as_of: AsOf = "",
    purpose: Shown = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[RecordContent]:
    """List the source records of a customer with what each says."""
    behind = paging.read(cursor, int)
    with hub.begin() as db:
        cs = commit_of(db, as_of)
        customer = customer_as_of(db, living(db, number, cs).party_id, cs, viewer)
        note(db, viewer, customer.party_id, customer.kind, purpose)
    members = sorted(customer.members, key=lambda m: m.record_id)
    rest = [m for m in members if behind is None or m.record_id > behind[0]]
    page = paging.page(rest, limit, lambda m: (m.record_id,))
    return Page(items=[_content(m, customer.kind, purpose) for m in page.items], next=page.next)


def living(db: Connection, number: str, cs: int | None = None) -> Resolved:
    """Find the customer of a number that others have not followed.

    Raises:
        UnknownError: nobody has it.
        RetiredError: others have followed it, or it was erased.
    """
    resolved = resolve_number(db, number, cs)
    if resolved.successors:
        raise RetiredError(
            "This customer number is not in use any more", "Go on with its successors", resolved.successors
        )
    _refuse_ended(resolved)
    return resolved


def touched(db: Connection, party_id: int) -> int:
    """Give the last commit that was about a customer."""
    sql = "select touched_cs from master.party where id = :party"
    return int(db.execute(text(sql), {"party": party_id}).scalar_one())


def kind_of(db: Connection, party_id: int) -> str:
    """Tell whether a customer is an organisation, a person or a site."""
    return str(db.execute(text("select kind from master.party where id = :party"), {"party": party_id}).scalar_one())


def seen(db: Connection, number: str, viewer: Viewer) -> int:
    """Give the internal number of a living customer that the viewer sees.

    Raises:
        UnknownError: nobody has it, or nobody whom the viewer sees.
        RetiredError: others have followed it, or it was erased.
    """
    party_id = living(db, number).party_id
    if not visible_customers(db, viewer, [party_id]):
        raise UnknownError("There is no such customer", "Search for the customer")
    return party_id


def _refuse_ended(resolved: Resolved) -> None:
    if resolved.successors or resolved.status == "erased":
        raise RetiredError(
            "This customer number is not in use any more", "Go on with its successors", resolved.successors
        )


def _moved(request: Request, number: str) -> str:
    path = request.url_for("show", number=number).path
    return f"{path}?{request.url.query}" if request.url.query else path


def _search(hub: Installation, viewer: Viewer, asked: str, limit: int, cursor: str) -> Page[Found]:
    behind = paging.read(cursor, int, str)
    with hub.begin() as db:
        hits = search(db, asked, viewer, limit=_MOST_FOUND)
    places = [(place, hit) for place, hit in enumerate(hits, 1) if behind is None or place > _place(hits, *behind)]
    page = paging.page(places[: limit + 1], limit, lambda item: (item[0], item[1].public_id))
    return Page(items=[_found(hit) for _, hit in page.items], next=page.next)


def _place(hits: list[Hit], place: int, number: str) -> int:
    """Find the place of the last customer of the page before; if it is found no more, what followed it has moved up."""
    return next((at for at, hit in enumerate(hits, 1) if hit.public_id == number), place - 1)


def _found(hit: Hit) -> Found:
    return Found(
        number=hit.public_id, kind=hit.kind, name=hit.name, english_name=hit.english_name, uscc=hit.uscc,
        city=hit.city if hit.kind != "person" else "", records=hit.records, matched=hit.matched, former=hit.former,
    )  # fmt: skip


def _origins(db: Connection, customer: CustomerAsOf, viewer: Viewer) -> dict[int, Origin]:
    """Name the visible record versions that the agreed values come from."""
    versions = [p["v"] for p in customer.prov.values() if p.get("v")]
    rows = db.execute(text(_ORIGINS), {"versions": versions, **visibility.args(viewer)})
    return {row.version: Origin.model_validate(row, from_attributes=True) for row in rows}


def _customer(customer: CustomerAsOf, origins: dict[int, Origin], purpose: Purpose | None, tag: str) -> Customer:
    kind = customer.kind
    values = masked({k: v for k, v in customer.attrs.items() if v not in (None, "", [])}, kind, purpose)
    return Customer(
        number=customer.public_id,
        kind=kind,
        status=customer.status,
        etag=tag or None,
        commit=customer.cs,
        at=iso(customer.at_us),
        masked=not purpose,
        values={name: _value(value, customer.prov.get(name), origins) for name, value in values.items()},
        conflicts=[_conflict(dict(c), kind, purpose) for c in customer.conflicts],
        records=[_record(m) for m in customer.members],
        records_elsewhere=customer.hidden,
        relations=[Relation.model_validate(r, from_attributes=True) for r in customer.relations],
        pins=[
            Pin(
                pin=p.pin_id, attribute=p.attribute, value=masked({p.attribute: p.value}, kind, purpose)[p.attribute],
                mode=p.mode, expires=iso(p.expires_us) if p.expires_us else None, record=p.anchor_record_id,
                decision=p.decision_id, who=p.actor,
            )
            for p in customer.pins
        ],
    )  # fmt: skip


def _value(value: Any, prov: dict[str, Any] | None, origins: dict[int, Origin]) -> Value:
    known = prov or {}
    return Value(
        value=value, rule=known.get("r", ""), why=known.get("why", ""), candidates=known.get("n"),
        pin=known.get("p"), origin=origins.get(known.get("v", 0)),
    )  # fmt: skip


def _conflict(conflict: dict[str, Any], kind: str, purpose: Purpose | None) -> dict[str, Any]:
    """Hide the values that disagree where the attribute is personal."""
    attribute = str(conflict.get("attribute", ""))
    if masked({attribute: "x" * 9}, kind, purpose)[attribute] == "x" * 9:
        return conflict
    sides = {name: mask_value(conflict[name]) for name in ("winner", "losers") if name in conflict}
    return conflict | sides


def _record(member: Member) -> Record:
    return Record(
        record=member.record_id, name=member.name, joined_by=member.joined_by, position=member.position,
        origin=member.origin, version=member.version_id, taken_back=member.taken_back,
    )  # fmt: skip


def _content(member: Member, kind: str, purpose: Purpose | None) -> RecordContent:
    content = masked(member.payload, kind, purpose) if member.payload is not None else None
    return RecordContent(**_record(member).model_dump(), content=content)


_ORIGINS = f"""
select v.id as version, v.record_id as record, v.position, v.origin as place, v.batch_id as batch, v.row_no as row,
  v.mapping_hash as mapping, s.code || '/' || r.record_type || '/' || coalesce(r.native_key, r.correlation) as name
from master.source_record_version v join master.source_record r on r.id = v.record_id
join master.source_system s on s.id = r.system_id
where v.id = any(cast(:versions as bigint[])) and {visibility.sql("r")}
"""  # noqa: S608 - ours
