"""Customers that resemble or belong to each other and must stay apart.

A link (L) is a relation worth knowing: head office and branch, group and subsidiary. A look-alike (X) shares a name, a
phone or an address by chance or by a common agent. Both are made within a block of customers by rebuilding some of them
around an anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

from hub.demo.landscape import characters, contacts, customers, geography, identifiers, names
from hub.demo.landscape.customers import Customer, Mix
from hub.demo.landscape.geography import City
from hub.demo.landscape.names import CompanyName


@dataclass(frozen=True, slots=True)
class Relation:
    """Two customers that must not become one. ``label`` is ``L`` or ``X``."""

    a: int
    b: int
    label: str
    kind: str


@dataclass(slots=True)
class Group:
    """An anchor and its followers, which a recipe rebuilds in place."""

    anchor: Customer
    followers: list[Customer]
    rng: Random
    mix: Mix

    def rebuild(self, place: int, home: City, parts: CompanyName) -> Customer:
        """Make a follower anew as a company of a given name in a given city."""
        made = customers.company(self.rng, self.followers[place].number, home, parts, self.mix)
        self.followers[place] = made
        return made

    def company_parts(self) -> CompanyName:
        """The anchor's name in parts; recipes are only given Chinese companies."""
        assert self.anchor.parts is not None  # noqa: S101 - settled by the choice of anchors
        return self.anchor.parts

    def home(self) -> City:
        """The anchor's city."""
        assert self.anchor.home is not None  # noqa: S101 - settled by the choice of anchors
        return self.anchor.home


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often a kind of neighbourhood occurs and how it is made.

    Args:
        label: ``L`` or ``X``.
        kind: name of the relation.
        per_block: groups in an average block.
        followers: smallest and largest number of followers.
        apply: rebuilds the followers.
        star: only anchor and follower are related, not the followers among themselves.
    """

    label: str
    kind: str
    per_block: float
    followers: tuple[int, int]
    apply: Callable[[Group], None]
    star: bool = False


def settle(block: list[Customer], number: int, rng: Random, mix: Mix) -> list[Relation]:
    """Rebuild some customers of a block as neighbours of others.

    Args:
        block: the customers, changed in place.
        number: of the block; recipes recur evenly over the blocks, so that a small landscape has every kind.
        rng: source of chance.
        mix: ``neighbours`` scales the frequencies.
    """
    anchors = [i for i, c in enumerate(block) if c.kind == "organisation" and c.parts and not c.parts.unit]
    rng.shuffle(anchors)
    del anchors[len(block) // 3 :]
    free = [i for i in range(len(block)) if i not in anchors]
    rng.shuffle(free)
    relations: list[Relation] = []
    for phase, recipe in enumerate(RECIPES):
        for _ in range(_occurrences(recipe.per_block * mix.neighbours, number, phase)):
            size = rng.randint(*recipe.followers)
            if not anchors or len(free) < size:
                return relations
            places = [anchors.pop(), *(free.pop() for _ in range(size))]
            relations += _apply(
                recipe, block, places, Group(block[places[0]], [block[i] for i in places[1:]], rng, mix)
            )
    return relations


def _apply(recipe: Recipe, block: list[Customer], places: list[int], group: Group) -> Iterator[Relation]:
    recipe.apply(group)
    for place, customer in zip(places, (group.anchor, *group.followers), strict=True):
        block[place] = customer
    first, *others = (block[place].number for place in places)
    if recipe.star:
        yield from (Relation(first, other, recipe.label, recipe.kind) for other in others)
    elif recipe.kind == "two_branches":
        yield from (Relation(first, other, "L", "branch") for other in others)
        yield from (Relation(a, b, "X", recipe.kind) for a, b in combinations(others, 2))
    else:
        yield from (Relation(a, b, recipe.label, recipe.kind) for a, b in combinations((first, *others), 2))


def _occurrences(rate: float, number: int, phase: int) -> int:
    shift = (phase * 0.618) % 1
    return int((number + 1) * rate + shift) - int(number * rate + shift)


# --- look-alikes: never merge -----------------------------------------------------------------------------------------


def _namesakes(rename: Callable[[Random, str], str]) -> Callable[[Group], None]:
    def apply(group: Group) -> None:
        parts, rng = group.company_parts(), group.rng
        for place in range(len(group.followers)):
            made = group.rebuild(place, group.home(), replace(parts, trade=rename(rng, parts.trade)))
            if rng.random() < 0.1:
                made.address = geography.same_house(rng, group.anchor.address)

    return apply


def _homophone_trade(rng: Random, trade: str) -> str:
    return _changed(rng, trade, characters.same_sound())


def _shape_trade(rng: Random, trade: str) -> str:
    return _changed(rng, trade, characters.similar_shape())


def _changed(rng: Random, trade: str, others: dict[str, tuple[str, ...]]) -> str:
    found = characters.replace_one(rng, trade, others, 0, len(trade))
    return found if found != trade else names.near_trade_name(rng, trade)


def _same_trade_other_province(group: Group) -> None:
    parts = group.company_parts()
    if not parts.region:
        group.anchor.parts = parts = replace(parts, region=group.home().short)
    for place in range(len(group.followers)):
        home = geography.other_city(group.rng, group.home(), other_province=True)
        region = home.name if parts.region.endswith("市") else home.short
        group.rebuild(place, home, replace(parts, region=region))


def _same_industry(group: Group) -> None:
    park = geography.park_name(group.rng)
    industry = park + group.rng.choice(("管理", "运营管理", "开发", "投资发展"))
    trade, home = group.company_parts().trade, group.home()
    group.anchor.parts = CompanyName(home.short, trade, industry, "有限公司")
    used = {home.code}
    for place in range(len(group.followers)):
        other = geography.other_city(group.rng, home)
        while other.code in used:
            other = geography.some_city(group.rng)
        used.add(other.code)
        group.rebuild(place, other, CompanyName(other.short, trade, industry, "有限公司"))


def _elsewhere(group: Group) -> Iterator[Customer]:
    """Rebuild the followers as unrelated companies of the anchor's city."""
    home = group.home()
    for place in range(len(group.followers)):
        yield group.rebuild(place, home, names.some_company_name(group.rng, home.short, home.name))


def _shared_agent_phone(group: Group) -> None:
    landline, agent = contacts.some_landline(group.rng, group.home().area_code), contacts.some_person(group.rng)
    for customer in (group.anchor, *_elsewhere(group)):
        customer.landline = landline
        if group.rng.random() < 0.4:
            customer.contact = agent


def _incubator_address(group: Group) -> None:
    shared = geography.incubator_address(group.rng, group.home())
    for customer in (group.anchor, *_elsewhere(group)):
        customer.address = geography.same_house(group.rng, shared)


def _bookkeeper_email(group: Group) -> None:
    bookkeeper = contacts.some_person(group.rng)
    email = contacts.some_email(group.rng, "", bookkeeper)
    for customer in (group.anchor, *_elsewhere(group)):
        customer.email = email


def _two_branches(group: Group) -> None:
    home, parts = geography.other_city(group.rng, group.home()), group.company_parts()
    areas = [county[1] for county in home.counties] or ["城东", "城西", "城南"]
    units = group.rng.sample(areas, min(len(areas), len(group.followers)))
    for place in range(len(group.followers)):
        area = geography.short_name(units[place % len(units)])
        group.rebuild(place, home, replace(parts, unit=f"{home.short}{area}分公司"))


def _parent_uscc_on_branch(group: Group) -> None:
    _branch(group)
    for follower in group.followers:
        follower.identifier = group.anchor.identifier
        follower.former = follower.predecessor = None


def _two_persons(group: Group) -> None:
    name = contacts.some_person(group.rng)
    home = group.home()
    group.anchor = customers.person(group.rng, group.anchor.number, home, name)
    group.followers = [customers.person(group.rng, f.number, home, name) for f in group.followers]


def _placeholder_values(group: Group) -> None:
    phone = group.rng.choice(("13800138000", "13800000000", "13888888888", "12345678901"))
    email = group.rng.choice(("no@no.com", "test@test.com", "noreply@company.com", "123@qq.com"))
    code = group.rng.choice(("000000000000000000", "123456789012345678", "无", "111111111111111111"))
    for customer in (group.anchor, *_elsewhere(group)):
        customer.mobile = phone
        customer.landline = customer.second_landline = group.rng.choice(("", "无", "88888888", "00000000"))
        customer.email = customer.second_email = email
        customer.identifier = code
        customer.contact = group.rng.choice(("先生", "无", "未知", customer.contact))


def _nobodies(written: tuple[str, ...]) -> Callable[[Group], None]:
    """Make records of nobody in particular: test rows and pool accounts."""

    def apply(group: Group) -> None:
        phone = group.rng.choice(("13800138000", "88888888", "12345678901"))
        made = []
        for customer in (group.anchor, *group.followers):
            nobody = customers.person(group.rng, customer.number, group.home(), group.rng.choice(written))
            nobody.kind, nobody.identifier = "nobody", group.rng.choice(("", "000000000000000000", "无"))
            nobody.contact, nobody.landline, nobody.mobile, nobody.email = "无", phone, "", "test@test.com"
            nobody.address = replace(
                group.anchor.address, road=group.rng.choice(("无", "同上", "-")), number="", building="", town=""
            )
            nobody.pinned = (group.rng.choice(("party", "ship_to")),)
            made.append(nobody)
        group.anchor, *group.followers = made

    return apply


# --- links: related, kept apart ---------------------------------------------------------------------------------------


def _branch(group: Group) -> None:
    for place in range(len(group.followers)):
        home = geography.other_city(group.rng, group.home())
        made = group.rebuild(place, home, replace(group.company_parts(), unit=f"{home.short}分公司"))
        if group.anchor.domain and group.rng.random() < 0.6:
            made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)


def _unit(group: Group) -> None:
    for place in range(len(group.followers)):
        unit = group.rng.choice(("工会委员会", "第一营业部", "门市部", "维修服务部", "职工食堂", "技术中心"))
        made = group.rebuild(place, group.home(), replace(group.company_parts(), unit=unit))
        made.identifier = identifiers.some_uscc(group.rng, group.home().code, "81") if unit == "工会委员会" else ""
        made.address = group.anchor.address if group.rng.random() < 0.6 else made.address
        made.landline = group.anchor.landline if group.rng.random() < 0.4 else made.landline


def _subsidiary(group: Group) -> None:
    for place in range(len(group.followers)):
        home = geography.other_city(group.rng, group.home())
        layout = group.rng.choice(("first", "middle", "late"))
        made = group.rebuild(
            place, home, replace(group.company_parts(), region=home.short, layout=layout, form="有限公司")
        )
        if group.rng.random() < 0.5:
            made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)


def _group_company(group: Group) -> None:
    parts = group.company_parts()
    for place in range(len(group.followers)):
        industry = parts.industry if group.rng.random() < 0.5 else parts.industry[:2]
        made = group.rebuild(
            place, group.home(), replace(parts, industry=industry, form="集团有限公司", layout="first")
        )
        made.address = group.anchor.address if group.rng.random() < 0.5 else made.address
        made.email = contacts.some_email(group.rng, group.anchor.domain, made.contact)
    group.anchor.parts = replace(parts, form="有限公司")


def _shared_phone_holding(group: Group) -> None:
    parts = group.company_parts()
    for place in range(len(group.followers)):
        made = group.rebuild(
            place, group.home(), replace(parts, industry=group.rng.choice(("投资", "实业", "")), form="控股有限公司")
        )
        made.landline, made.address = group.anchor.landline, group.anchor.address
    group.anchor.parts = replace(parts, form="有限公司")


def _trust_account(group: Group) -> None:
    for place in range(len(group.followers)):
        unit = group.rng.choice(("员工持股计划", "资金监管专户", "－职工互助基金", "破产管理人专户", "－单一资金信托"))
        made = group.rebuild(place, group.home(), replace(group.company_parts(), unit=unit))
        made.identifier = ""
        made.address, made.landline, made.contact = group.anchor.address, group.anchor.landline, group.anchor.contact


def _site(group: Group) -> None:
    for place in range(len(group.followers)):
        home = group.home()
        area = geography.short_name(group.rng.choice(home.counties)[1]) if home.counties else "开发区"
        unit = group.rng.choice((f"{area}工厂", f"{area}仓库", "二号仓库", "收货点", f"（{area}厂区）", "物流中心"))
        made = group.rebuild(place, home, replace(group.company_parts(), unit=unit))
        made.identifier = group.anchor.identifier if group.rng.random() < 0.5 else ""
        made.email, made.pinned = group.anchor.email, ("ship_to",)


def _end_customer(group: Group) -> None:
    group.anchor.roles = ("distributor",)
    for made in _elsewhere(group):
        made.landline, made.contact, made.mobile = group.anchor.landline, group.anchor.contact, group.anchor.mobile
        made.pinned = ("ship_to",)


def _shared_contact(group: Group) -> None:
    for made in _elsewhere(group):
        made.contact, made.mobile = group.anchor.contact, group.anchor.mobile


def _person_moved(group: Group) -> None:
    for made in _elsewhere(group):
        made.contact, made.mobile = group.anchor.contact, group.anchor.mobile
        group.anchor.second_contact = group.anchor.contact
        made.since = "2026-09-01"


RECIPES: tuple[Recipe, ...] = (
    Recipe("X", "near_namesake", 1.5, (1, 2), _namesakes(names.near_trade_name)),
    Recipe("X", "homophone_namesake", 0.8, (1, 1), _namesakes(_homophone_trade)),
    Recipe("X", "shape_namesake", 0.3, (1, 1), _namesakes(_shape_trade)),
    Recipe("X", "same_trade_other_province", 1.2, (1, 2), _same_trade_other_province),
    Recipe("X", "same_industry", 0.3, (2, 3), _same_industry),
    Recipe("X", "shared_agent_phone", 0.4, (3, 6), _shared_agent_phone),
    Recipe("X", "incubator_address", 0.4, (3, 5), _incubator_address),
    Recipe("X", "bookkeeper_email", 0.3, (2, 4), _bookkeeper_email),
    Recipe("X", "two_branches", 0.25, (2, 2), _two_branches),
    Recipe("X", "parent_uscc_on_branch", 0.25, (1, 1), _parent_uscc_on_branch, star=True),
    Recipe("X", "two_persons", 0.25, (1, 1), _two_persons),
    Recipe("X", "placeholder_values", 0.2, (1, 2), _placeholder_values),
    Recipe(
        "X", "test_record", 0.15, (1, 1), _nobodies(("测试客户", "测试公司", "test", "TEST客户", "测试001请勿使用"))
    ),
    Recipe("X", "pool_account", 0.15, (1, 1), _nobodies(("散户", "零售客户", "一次性客户", "现金客户", "个人"))),
    Recipe("L", "branch", 0.4, (1, 1), _branch, star=True),
    Recipe("L", "unit", 0.25, (1, 1), _unit, star=True),
    Recipe("L", "subsidiary", 0.4, (1, 2), _subsidiary),
    Recipe("L", "group", 0.25, (1, 1), _group_company),
    Recipe("L", "shared_phone_holding", 0.25, (1, 1), _shared_phone_holding),
    Recipe("L", "trust_account", 0.2, (1, 1), _trust_account, star=True),
    Recipe("L", "site", 0.4, (1, 2), _site, star=True),
    Recipe("L", "distributor_end_customer", 0.25, (1, 2), _end_customer, star=True),
    Recipe("L", "shared_contact", 0.2, (1, 1), _shared_contact),
    Recipe("L", "person_moved", 0.2, (1, 1), _person_moved),
)
"""Every kind of neighbourhood. Blocks have 50 customers, so these rates put about every second customer into one."""
