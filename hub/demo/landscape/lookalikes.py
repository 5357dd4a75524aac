"""Strangers that look alike (X): what must never merge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from hub.demo.landscape import characters, contacts, customers, geography, links, names
from hub.demo.landscape.groups import Group, other_homes, unrelated
from hub.demo.landscape.names import CompanyName
from hub.demo.landscape.tables import words

TEST_NAMES = words("测试客户 测试公司 test TEST客户 测试001请勿使用")
POOL_NAMES = words("散户 零售客户 一次性客户 现金客户 个人")


def namesakes(rename: Callable[[Random, str], str]) -> Callable[[Group], None]:
    """Make a recipe for companies of the anchor's city and trade under a resembling name; some share its house."""

    def apply(group: Group) -> None:
        parts, rng = group.company_parts(), group.rng
        for place in range(len(group.followers)):
            made = group.rebuild(place, group.home(), replace(parts, trade=rename(rng, parts.trade)))
            if rng.random() < 0.1:
                made.address = geography.same_house(rng, group.anchor.address)

    return apply


def homophone_trade(rng: Random, trade: str) -> str:
    """Change a trade name into one that sounds the same."""
    return _changed(rng, trade, characters.same_sound())


def shape_trade(rng: Random, trade: str) -> str:
    """Change a trade name into one that looks the same."""
    return _changed(rng, trade, characters.similar_shape())


def _changed(rng: Random, trade: str, others: dict[str, tuple[str, ...]]) -> str:
    found = characters.replace_one(rng, trade, others, 0, len(trade))
    return found if found != trade else names.near_trade_name(rng, trade)


def same_trade_other_province(group: Group) -> None:
    """Companies of the same trade name and industry in other provinces."""
    parts = group.company_parts()
    if not parts.region:
        group.anchor.parts = parts = replace(parts, region=group.home().short)
    for place, home in enumerate(other_homes(group, other_province=True)):
        region = home.name if parts.region.endswith("市") else home.short
        group.rebuild(place, home, replace(parts, region=region))


def same_industry(group: Group) -> None:
    """An operator of parks of the same name in several cities."""
    park = geography.park_name(group.rng)
    industry = park + group.rng.choice(("管理", "运营管理", "开发", "投资发展"))
    trade, home = group.company_parts().trade, group.home()
    group.anchor.parts = CompanyName(home.short, trade, industry, "有限公司")
    for place, other in enumerate(other_homes(group)):
        group.rebuild(place, other, CompanyName(other.short, trade, industry, "有限公司"))


def shared_agent_phone(group: Group) -> None:
    """Unrelated companies that give their agent's phone."""
    landline, agent = contacts.some_landline(group.rng, group.home().area_code), contacts.some_person(group.rng)
    for customer in (group.anchor, *unrelated(group)):
        customer.landline = landline
        if group.rng.random() < 0.4:
            customer.contact = agent


def incubator_address(group: Group) -> None:
    """Unrelated tenants of one house."""
    shared = geography.incubator_address(group.rng, group.home())
    for customer in (group.anchor, *unrelated(group)):
        customer.address = geography.same_house(group.rng, shared)


def bookkeeper_email(group: Group) -> None:
    """Unrelated companies that give their bookkeeper's address."""
    bookkeeper = contacts.some_person(group.rng)
    email = contacts.some_email(group.rng, "", bookkeeper)
    for customer in (group.anchor, *unrelated(group)):
        customer.email = email


def two_branches(group: Group) -> None:
    """Branches of one company in the same city."""
    home, parts = geography.other_city(group.rng, group.home()), group.company_parts()
    areas = [county[1] for county in home.counties] or ["城东", "城西", "城南"]
    units = group.rng.sample(areas, min(len(areas), len(group.followers)))
    for place in range(len(group.followers)):
        area = geography.short_name(units[place % len(units)])
        group.rebuild(place, home, replace(parts, unit=f"{home.short}{area}分公司"))


def parent_uscc_on_branch(group: Group) -> None:
    """A branch that is recorded with its head office's identifier."""
    links.branch(group)
    for follower in group.followers:
        follower.identifier = group.anchor.identifier
        follower.former = follower.predecessor = None


def two_persons(group: Group) -> None:
    """Consumers of the same name in one city."""
    name = contacts.some_person(group.rng)
    home = group.home()
    group.anchor = customers.person(group.rng, group.anchor.number, home, name)
    group.followers = [customers.person(group.rng, f.number, home, name) for f in group.followers]


def placeholder_values(group: Group) -> None:
    """Unrelated companies of which nothing is known."""
    phone = group.rng.choice(("13800138000", "13800000000", "13888888888", "12345678901"))
    email = group.rng.choice(("no@no.com", "test@test.com", "noreply@company.com", "123@qq.com"))
    code = group.rng.choice(("000000000000000000", "123456789012345678", "无", "111111111111111111"))
    for customer in (group.anchor, *unrelated(group)):
        customer.mobile = phone
        customer.landline = customer.second_landline = group.rng.choice(("", "无", "88888888", "00000000"))
        customer.email = customer.second_email = email
        customer.identifier = code
        customer.contact = group.rng.choice(("先生", "无", "未知", customer.contact))


def nobodies(possible: tuple[str, ...]) -> Callable[[Group], None]:
    """Make records of nobody in particular: test rows and pool accounts."""

    def apply(group: Group) -> None:
        phone = group.rng.choice(("13800138000", "88888888", "12345678901"))
        made = []
        for customer in (group.anchor, *group.followers):
            nobody = customers.person(group.rng, customer.number, group.home(), group.rng.choice(possible))
            nobody.kind, nobody.identifier = "nobody", group.rng.choice(("", "000000000000000000", "无"))
            nobody.contact, nobody.landline, nobody.mobile, nobody.email = "无", phone, "", "test@test.com"
            nobody.address = replace(
                group.anchor.address, road=group.rng.choice(("无", "同上", "-")), number="", building="", town=""
            )
            nobody.pinned = (group.rng.choice(("party", "ship_to")),)
            made.append(nobody)
        group.anchor, *group.followers = made

    return apply
