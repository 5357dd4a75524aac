"""Customers that belong to each other and are not the same (L): what must be linked and kept apart."""

from __future__ import annotations

from dataclasses import replace

from hub.demo.landscape import contacts, geography, identifiers
from hub.demo.landscape.groups import Group, other_homes, unrelated


def branch(group: Group) -> None:
    """A branch in another city."""
    for place, home in enumerate(other_homes(group)):
        made = group.rebuild(place, home, replace(group.company_parts(), unit=f"{home.short}分公司"))
        if group.anchor.domain and group.rng.random() < 0.6:
            made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)


def unit(group: Group) -> None:
    """A dependent unit in the same city: trade union, shop, workshop."""
    for place in range(len(group.followers)):
        unit = group.rng.choice(("工会委员会", "第一营业部", "门市部", "维修服务部", "职工食堂", "技术中心"))
        made = group.rebuild(place, group.home(), replace(group.company_parts(), unit=unit))
        made.identifier = identifiers.some_uscc(group.rng, group.home().code, "81") if unit == "工会委员会" else ""
        made.address = group.anchor.address if group.rng.random() < 0.6 else made.address
        made.landline = group.anchor.landline if group.rng.random() < 0.4 else made.landline


def subsidiary(group: Group) -> None:
    """Companies of the same trade name and industry in other cities, owned by the anchor."""
    for place, home in enumerate(other_homes(group)):
        layout = group.rng.choice(("first", "middle", "late"))
        made = group.rebuild(
            place, home, replace(group.company_parts(), region=home.short, layout=layout, form="有限公司")
        )
        if group.rng.random() < 0.5:
            made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)


def group_company(group: Group) -> None:
    """The group at whose head the anchor stands."""
    parts = group.company_parts()
    for place in range(len(group.followers)):
        industry = parts.industry if group.rng.random() < 0.5 else parts.industry[:2]
        made = group.rebuild(
            place, group.home(), replace(parts, industry=industry, form="集团有限公司", layout="first")
        )
        made.address = group.anchor.address if group.rng.random() < 0.5 else made.address
        made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)
    group.anchor.parts = replace(parts, form="有限公司")


def shared_phone_holding(group: Group) -> None:
    """The anchor's holding, in the same office."""
    parts = group.company_parts()
    for place in range(len(group.followers)):
        made = group.rebuild(
            place, group.home(), replace(parts, industry=group.rng.choice(("投资", "实业", "")), form="控股有限公司")
        )
        made.landline, made.address = group.anchor.landline, group.anchor.address
    group.anchor.parts = replace(parts, form="有限公司")


def trust_account(group: Group) -> None:
    """A fund or account kept in the name of the anchor."""
    for place in range(len(group.followers)):
        unit = group.rng.choice(("员工持股计划", "资金监管专户", "－职工互助基金", "破产管理人专户", "－单一资金信托"))
        made = group.rebuild(place, group.home(), replace(group.company_parts(), unit=unit))
        made.identifier = ""
        made.address, made.landline, made.contact = group.anchor.address, group.anchor.landline, group.anchor.contact


def site(group: Group) -> None:
    """Places the anchor has goods delivered to."""
    home = group.home()
    area = geography.short_name(group.rng.choice(home.counties)[1]) if home.counties else "开发区"
    possible = (f"{area}工厂", f"{area}仓库", "二号仓库", "收货点", f"（{area}厂区）", "物流中心")
    for place, unit in enumerate(group.rng.sample(possible, len(group.followers))):
        made = group.rebuild(place, home, replace(group.company_parts(), unit=unit))
        made.identifier = group.anchor.identifier if group.rng.random() < 0.5 else ""
        made.email, made.pinned = group.anchor.email, ("ship_to",)


def end_customer(group: Group) -> None:
    """End customers whose goods go through the anchor, a distributor."""
    group.anchor.roles = ("distributor",)
    for made in unrelated(group):
        made.landline, made.contact, made.mobile = group.anchor.landline, group.anchor.contact, group.anchor.mobile
        made.pinned = ("ship_to",)


def shared_contact(group: Group) -> None:
    """Companies for which the same person answers."""
    for made in unrelated(group):
        made.contact, made.mobile = group.anchor.contact, group.anchor.mobile


def person_moved(group: Group) -> None:
    """A company that now employs the anchor's contact."""
    for made in unrelated(group):
        made.contact, made.mobile = group.anchor.contact, group.anchor.mobile
        group.anchor.second_contact = group.anchor.contact
        made.since = "2026-09-01"
