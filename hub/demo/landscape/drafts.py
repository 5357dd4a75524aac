"""What a record is about to say of a customer, before and while it is disguised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from hub.demo.landscape.customers import Customer
from hub.demo.landscape.geography import Address
from hub.demo.landscape.names import CompanyName


@dataclass(slots=True)
class Draft:
    """What one record is about to say of a customer; disguises change it.

    ``parts`` holds the Chinese company name as long as it has its structure; once ``flat`` is set, that is the name.
    """

    customer: Customer
    parts: CompanyName | None
    flat: str
    identifier: str
    address: Address
    contact: str
    landline: str
    mobile: str
    email: str
    fax: str = ""
    tax_id: str = ""
    status: str = "有效"
    kinds: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name as it will be written."""
        return self.flat or (self.parts.text if self.parts else "")

    def write(self, name: str) -> bool:
        """Fix the name's text; tell whether it changed."""
        changed = name != self.name
        self.flat = name
        return changed

    def restructure(self, parts: CompanyName) -> bool:
        """Change the structured name; tell whether it changed."""
        changed = parts != self.parts
        self.parts = parts
        return changed


def draft(customer: Customer) -> Draft:
    """Begin a record that says exactly what is true."""
    return Draft(
        customer=customer,
        parts=customer.parts,
        flat="" if customer.parts else customer.plain_name,
        identifier=customer.identifier,
        address=customer.address,
        contact=customer.contact,
        landline=customer.landline,
        mobile=customer.mobile,
        email=customer.email,
        fax=customer.fax,
    )


Disguise = Callable[[Draft, Random], bool]
"""Changes a draft; tells whether it changed anything."""
