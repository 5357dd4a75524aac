"""Why a pair got its score: a waterfall of weights with the two values, in English and in Chinese.

The rows hold personal data; they are for screens that may show it, never for logs or error texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from customer_master.resolution.agreement import Frequency, compare_parties
from customer_master.resolution.levels import levels_of
from customer_master.resolution.party import values_of
from customer_master.resolution.policy import KindPolicy, MatchPolicy
from customer_master.resolution.scoring import Score, score
from mappings.canonical import Party


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the waterfall.

    Args:
        attribute: what was compared.
        a: what the first record says.
        b: what the second record says.
        level: how far they agree.
        weight: evidence in bits; the weights of all rows add up to the score's.
        en: the row as a sentence.
        zh: the same in Chinese.
    """

    attribute: str
    a: str
    b: str
    level: str
    weight: float
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score with the rows that make it up, in the order of comparison; what is missing on a side has no row."""

    score: Score
    rows: tuple[Row, ...]


SENTENCES: dict[str, tuple[str, str]] = {
    "identifier.contradiction": ("two different valid registration numbers", "两个不同的有效证照号码"),
    "identifier.shared": ("the same registration number, held by many records", "证照号码相同，但为众多记录共用"),
    "identifier.near": ("a registration number one slip away from the other", "证照号码仅差一处笔误或表格损坏"),
    "identifier.equal": ("the same valid registration number", "有效证照号码相同"),
    "name.different": ("different names", "名称不同"),
    "name.related": ("the names of a company and of a part of it", "一方名称为另一方的下属单位"),
    "name.same_trade": ("the same trade name in another business or region", "字号相同，行业或地区不同"),
    "name.similar": ("names a slip of the pen apart", "名称仅差一字"),
    "name.sound": ("names that sound alike", "名称读音相同"),
    "name.abbreviated": ("one name is only the trade name or a short form of the other", "一方仅为另一方的字号或缩写"),
    "name.transcribed": ("the Latin name is the Chinese trade name in pinyin", "外文名称为中文字号的拼音"),
    "name.short": ("one name is short for the other", "一方为另一方的简称"),
    "name.core": ("the same trade name and business", "字号与行业相同"),
    "name.exact": ("the same name", "名称相同"),
    "name.contradicted": ("each has a name that the other lacks", "姓名仅部分相同"),
    "name.one_name": ("only one name is known, and the other has it too", "仅知姓氏，且相同"),
    "name.initials": ("names that fit if initials stand for them", "姓名与缩写相符"),
    "name.contained": ("one has all names of the other and more", "一方姓名包含另一方"),
    "name.close": ("the same name but for a slip of the pen or its sound", "姓名仅差一字或读音相同"),
    "name.equivalent": ("the same name in another form or script", "同一姓名的不同写法"),
    "phone.different": ("different phone numbers", "电话不同"),
    "phone.common": ("the same phone number, shared by many", "电话相同，但多方共用"),
    "phone.rare": ("the same phone number", "电话相同"),
    "email.different": ("different e-mail addresses", "邮箱不同"),
    "email.common": ("the same mailbox or domain, shared by many", "邮箱或域名相同，但多方共用"),
    "email.domain": ("the same company mail domain", "企业邮箱域名相同"),
    "email.rare": ("the same mailbox", "邮箱相同"),
    "address.other_city": ("different cities", "城市不同"),
    "address.same_city": ("the same city, another district or street", "城市相同，区县或道路不同"),
    "address.same_district": ("the same district, another street", "区县相同，道路不同"),
    "address.same_road": ("the same road, another house", "同一道路，门牌不同"),
    "address.common": ("the same house, but another room or many tenants", "门牌相同，但房间不同或入驻者众多"),
    "address.rare": ("the same house", "门牌地址相同"),
    "contact.different": ("different contact persons", "联系人不同"),
    "contact.common": ("contact persons of one name, common or in two cities", "联系人同名，但重名者多或不在同城"),
    "contact.same": ("the same contact person in one city", "同城且联系人相同"),
    "unit.different": ("two different branches or units", "分属不同的分支机构"),
    "unit.one_sided": ("only one is a branch or unit", "仅一方为分支机构"),
    "unit.same": ("the same branch or unit", "同一分支机构"),
    "group.one_sided": ("only one is a group or holding", "仅一方为集团或控股公司"),
}
"""``attribute.level`` -> what it means, in English and in Chinese."""

_VALUES: dict[str, Callable[[Party], list[str]]] = {
    "identifier": lambda p: [i.value for i in p.identifiers],
    "phone": lambda p: [x.number for x in p.phones],
    "email": lambda p: [e.address for e in p.emails],
    "address": lambda p: [a.text for a in p.addresses],
    "contact": lambda p: list(p.contacts),
}


def explain(a: Party, b: Party, policy: MatchPolicy, frequency: Frequency = lambda _: 1) -> Explanation:
    """Explain the score of a pair.

    Args:
        a: one party.
        b: the other, of the same kind.
        policy: the match document.
        frequency: number of records that hold a blocking key; without it every shared value counts as rare.

    Raises:
        ValueError: the kinds differ.
    """
    kind, own = a.kind, policy.kinds[a.kind]
    levels = compare_parties([values_of(a), values_of(b)], np.array([0]), np.array([1]), frequency)
    compared = zip(levels_of(kind).items(), levels[0].tolist(), strict=True)
    rows = (_row(attribute, level(value), (a, b), own) for (attribute, level), value in compared if value)
    return Explanation(score(kind, levels, policy)[0], tuple(rows))


def _row(attribute: str, level: IntEnum, pair: tuple[Party, Party], policy: KindPolicy) -> Row:
    en, zh = SENTENCES[f"{attribute}.{level.name.lower()}"]
    return Row(
        attribute=attribute,
        a=_shown(attribute, pair[0]),
        b=_shown(attribute, pair[1]),
        level=level.name.lower(),
        weight=round(policy.weight(attribute, level), 3),
        en=en,
        zh=zh,
    )


def _shown(attribute: str, party: Party) -> str:
    values = _VALUES[attribute](party) if attribute in _VALUES else [n.text for n in party.names]
    return " · ".join(dict.fromkeys(values))
