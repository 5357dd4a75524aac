"""Search before create: is this draft a customer already?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hub.master import lookup as master
from hub.master.draft import Draft as PartyDraft
from hub.web.access import needs
from hub.web.api.access import Sees
from hub.web.api.answers import Candidate, Candidates, Reason
from hub.web.api.problems import etag
from hub.web.api.routing import api_router, refusals
from hub.web.installation import Hub

router = api_router("lookup", dependencies=[needs("viewer")])

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Texts = Annotated[list[Text], Field(max_length=10)]


class Draft(BaseModel):
    """What is known of a party before it is created, as written; at least one name, number or address."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"names": ["深圳市华强电子有限公司"], "phones": ["0755-26988888"], "country": "CN"}]
        },
    )

    kind: Literal["organisation", "person", "site"] = "organisation"
    names: Texts = []
    identifiers: Texts = []
    phones: Texts = []
    emails: Texts = []
    addresses: Texts = []
    contacts: Texts = []
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "CN"

    @model_validator(mode="after")
    def _says_something(self) -> Draft:
        if not (self.names or self.identifiers or self.phones or self.emails or self.addresses):
            raise ValueError("a draft needs a name, a number or an address")
        return self


@router.post("/lookup", operation_id="lookup", responses=refusals(409, 411, 413))
def look(draft: Draft, hub: Hub, viewer: Sees) -> Candidates:
    """List the customers that a draft may be. Nothing is stored; what the customers say is not shown."""
    policy = hub.master().documents.match
    with hub.begin() as db:
        found = master.lookup(db, PartyDraft(**draft.model_dump()), policy, viewer)
    return Candidates(candidates=[_candidate(c) for c in found])


def _candidate(found: master.Candidate) -> Candidate:
    score = found.explanation.score
    return Candidate(
        number=found.public_id,
        name=found.name,
        etag=etag(found.touched_cs),
        band=score.band,
        probability=round(score.probability, 6),
        weight=score.weight,
        sentence=score.sentence,
        record=found.record,
        why=[
            Reason(attribute=row.attribute, level=row.level, weight=row.weight, en=row.en, zh=row.zh)
            for row in found.explanation.rows
        ],
    )
