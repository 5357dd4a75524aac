"""What somebody knows of a party, as written, and the party that a mapping would make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mappings.canonical import Kind, Party
from mappings.language import party_functions as read


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody knows of a party before creating it, as written.

    Args:
        kind: organisation, person or site.
        names: names as written.
        identifiers: credit codes, tax numbers, location numbers; what each is follows from its form.
        phones: telephone numbers.
        emails: addresses of mail.
        addresses: postal addresses, each in one line.
        contacts: names of contact persons.
        country: ISO 3166 alpha-2, for numbers and addresses that do not say theirs.
    """

    kind: str
    names: Sequence[str] = ()
    identifiers: Sequence[str] = ()
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    addresses: Sequence[str] = ()
    contacts: Sequence[str] = ()
    country: str = "CN"


def party_of(draft: Draft) -> Party:
    """Read a draft as a mapping would read it; placeholders make nothing."""
    names = [read.name(text) for text in draft.names]
    identifiers = [read.identifier(text) for text in draft.identifiers]
    addresses = [read.address(text, draft.country) for text in draft.addresses]
    return Party(
        kind=Kind(draft.kind),
        names=tuple(n for n in names if n is not None),
        identifiers=tuple(i for i in identifiers if i is not None),
        addresses=tuple(a for a in addresses if a is not None),
        phones=tuple(p for text in draft.phones for p in read.phones(text, country=draft.country)),
        emails=tuple(e for text in draft.emails for e in read.emails(text)),
        contacts=tuple(c for text in draft.contacts if (c := read.contact(text))),
    )
