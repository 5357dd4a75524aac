"""One customer as it truly is, before any system has written it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from hub.demo.landscape import contacts, foreign, geography, identifiers, names
from hub.demo.landscape.geography import Address, City
from hub.demo.landscape.names import CompanyName

KINDS = ("organisation", "foreign", "individual_business", "person", "public_body")


@dataclass(frozen=True, slots=True)
class Mix:
    """What the landscape is made of; every share is a fraction of 1.

    Args:
        individual_business: share of 个体工商户 among all customers.
        person: share of consumers.
        public_body: share of schools, hospitals and authorities.
        foreign: share of foreign and overseas companies; the rest are Chinese companies.
        distributor: share of organisations that are dealers too.
        disguise: factor on all disguise rates; 0 writes every record as it truly is.
        neighbours: factor on the frequency of links and look-alikes, 0 to 2.
        filled: factor on how often an attribute is filled at all.
        streams: factors on the share of customers that a stream knows, by its name; 1 where none is named.
        disguises: factors on the rates of single kinds of disguise; 1 where none is named.
    """

    individual_business: float = 0.06
    person: float = 0.035
    public_body: float = 0.025
    foreign: float = 0.10
    distributor: float = 0.21
    disguise: float = 1.0
    neighbours: float = 1.0
    filled: float = 1.0
    # out of the hash only: mixes that differ in these are not equal
    streams: Mapping[str, float] = field(default_factory=dict, hash=False)
    disguises: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(slots=True)
class Customer:
    """The truth about one customer; ``home`` is its city, ``None`` abroad.

    ``parts`` is the Chinese company name in parts, ``plain_name`` the name of everybody else. ``chinese_name`` and
    ``other_form`` belong to foreign companies. ``pinned`` names the only streams that may know the customer.
    """

    number: int
    kind: str
    home: City | None
    parts: CompanyName | None
    plain_name: str
    identifier: str
    address: Address
    warehouse: Address
    contact: str
    landline: str
    mobile: str
    email: str
    second_landline: str = ""
    second_contact: str = ""
    second_email: str = ""
    domain: str = ""
    fax: str = ""
    old_address: Address | None = None
    former: CompanyName | None = None
    predecessor: tuple[CompanyName, str] | None = None
    chinese_name: str = ""
    legal_form: str = ""
    other_form: str = ""
    roles: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    since: str = ""

    @property
    def entity(self) -> str:
        """The customer's name in the truth."""
        return f"E{self.number:07d}"

    @property
    def name(self) -> str:
        """The official name."""
        return self.parts.text if self.parts else self.plain_name


def some_customer(rng: Random, number: int, mix: Mix) -> Customer:
    """Draw a customer of some kind."""
    chinese = 1 - mix.individual_business - mix.person - mix.public_body - mix.foreign
    shares = (chinese, mix.foreign, mix.individual_business, mix.person, mix.public_body)
    kind = rng.choices(KINDS, shares)[0]
    if kind == "foreign":
        return _foreign_company(rng, number, mix)
    home = geography.some_city(rng)
    if kind == "organisation":
        return company(rng, number, home, names.some_company_name(rng, home.short, home.name), mix)
    if kind == "individual_business":
        return _shop(rng, number, home)
    if kind == "person":
        return person(rng, number, home, contacts.some_person(rng))
    return _public_body(rng, number, home)


def company(rng: Random, number: int, home: City, parts: CompanyName, mix: Mix) -> Customer:
    """Make a Chinese company of a given name in a given city; all else is drawn."""
    address = geography.some_address(rng, home)
    kind = "93" if parts.form == "专业合作社" else "91"
    region = address.region_code if rng.random() < 0.75 else home.code
    domain = contacts.company_domain(rng, parts.trade, parts.industry)
    customer = _chinese(rng, number, "organisation", home, address, domain)
    customer.parts = parts
    customer.identifier = identifiers.some_uscc(rng, region, kind)
    customer.roles = ("distributor",) if rng.random() < mix.distributor else ()
    if rng.random() < 0.25:
        customer.old_address = geography.some_address(rng, home)
    if parts.unit:
        return customer
    if rng.random() < 0.12:
        customer.former = _former_name(rng, parts)
    elif rng.random() < 0.06:
        former_owner = names.some_company_name(rng, home.short, home.name)
        customer.predecessor = (former_owner, identifiers.some_uscc(rng, region, kind))
    return customer


def person(rng: Random, number: int, home: City, name: str) -> Customer:
    """Make a consumer of a given name."""
    customer = _chinese(rng, number, "person", home, geography.some_address(rng, home), "")
    customer.plain_name = customer.contact = name
    customer.landline = customer.second_landline = customer.fax = ""
    customer.email = contacts.some_email(rng, "", name)
    return customer


def _chinese(rng: Random, number: int, kind: str, home: City, address: Address, domain: str) -> Customer:
    contact, second = contacts.some_person(rng), contacts.some_person(rng)
    own_mail = domain if rng.random() < 0.72 else ""
    return Customer(
        number=number,
        kind=kind,
        home=home,
        parts=None,
        plain_name="",
        identifier="",
        address=address,
        warehouse=geography.some_address(rng, home),
        contact=contact,
        second_contact=second,
        landline=contacts.some_landline(rng, home.area_code),
        second_landline=contacts.some_landline(rng, home.area_code),
        mobile=contacts.some_mobile(rng),
        fax=contacts.some_landline(rng, home.area_code),
        email=contacts.some_email(rng, own_mail, contact),
        second_email=contacts.some_email(rng, own_mail if rng.random() < 0.7 else "", second),
        domain=domain,
        since=f"{rng.randint(1996, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    )


def _former_name(rng: Random, parts: CompanyName) -> CompanyName:
    trade = names.some_trade_name(rng) if rng.random() < 0.6 else parts.trade
    industry = names.some_industry(rng) if trade == parts.trade or rng.random() < 0.3 else parts.industry
    return CompanyName(parts.region, trade, industry, "有限公司", parts.layout)


def _shop(rng: Random, number: int, home: City) -> Customer:
    address = geography.some_address(rng, home)
    customer = _chinese(rng, number, "individual_business", home, address, "")
    customer.parts = names.some_shop_name(rng, home.name, address.county)
    customer.identifier = identifiers.some_uscc(rng, address.region_code, "92")
    customer.landline = "" if rng.random() < 0.7 else customer.landline
    customer.roles = ("retailer",)
    return customer


def _public_body(rng: Random, number: int, home: City) -> Customer:
    address = geography.some_address(rng, home)
    customer = _chinese(rng, number, "public_body", home, address, "")
    customer.plain_name = names.some_public_body(rng, home.name, address.county)
    customer.identifier = identifiers.some_uscc(rng, address.region_code, rng.choice(("11", "12", "12", "52")))
    return customer


def _foreign_company(rng: Random, number: int, mix: Mix) -> Customer:
    country = foreign.some_country(rng)
    place = rng.choice(country.places)
    core, form, other_form, chinese_name = foreign.some_foreign_name(rng, country)
    family, given = rng.choice(foreign.PEOPLE).split()
    domain = f"{core.split()[0].lower()}{rng.choice(('', '-group', 'trade'))}.{country.code.lower()}"
    return Customer(
        number=number,
        kind="foreign",
        home=None,
        parts=None,
        plain_name=f"{core} {form}",
        legal_form=form,
        other_form=other_form,
        chinese_name=chinese_name,
        identifier=identifiers.foreign_identifier(rng, country.code),
        address=foreign.some_foreign_address(rng, country, place),
        warehouse=foreign.some_foreign_address(rng, country, place),
        old_address=foreign.some_foreign_address(rng, country, place) if rng.random() < 0.2 else None,
        contact=f"{given} {family}",
        landline=foreign.some_foreign_phone(rng, place),
        second_landline=foreign.some_foreign_phone(rng, place),
        mobile="",
        email=f"{given[:1].lower()}.{family.lower()}@{domain}",
        second_email=f"{rng.choice(('info', 'sales', 'orders', 'purchasing'))}@{domain}",
        domain=domain,
        roles=("distributor",) if rng.random() < mix.distributor else (),
        since=f"{rng.randint(1996, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    )
