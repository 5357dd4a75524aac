"""Facts the readers need: placeholders, divisions, legal forms, titles, mail domains, countries.

Word lists are in ``words.txt`` (one section a list), the long ones in the other ``*.txt`` files beside this module;
Chinese words in simplified characters.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final


def _lines(file_name: str) -> list[str]:
    text = files("mappings.normalize").joinpath(file_name).read_text(encoding="utf-8")
    return [line for line in (line.partition("#")[0].strip() for line in text.splitlines()) if line]


def _words(file_name: str) -> tuple[str, ...]:
    return tuple(word for line in _lines(file_name) for word in line.split())


def _sections() -> dict[str, tuple[str, ...]]:
    sections: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in _lines("words.txt"):
        if line.startswith("["):
            name = line.strip("[]")
        else:
            sections[name] = (*sections.get(name, ()), *line.split())
    return sections


_SECTIONS: Final = _sections()


def _set(section: str) -> frozenset[str]:
    return frozenset(_SECTIONS[section])


def _table(section: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in _SECTIONS[section])


# placeholders, folded (see text.fold); e-mail addresses as they are
PLACEHOLDERS: Final = _set("placeholders") | {""}
PLACEHOLDERS_BY_FIELD: Final = {field: _set(f"placeholders.{field}") for field in ("name", "phone", "email", "address")}

# administrative divisions (GB/T 2260)
MINORITIES: Final = tuple(f"{people}族?" for people in _SECTIONS["minorities"])
DIVISIONS_SINCE_2021: Final = _table("divisions_since_2021")
ABOLISHED_SINCE_2021: Final = _set("abolished_since_2021")
DIVISION_SUCCESSORS: Final = _table("division_successors")
DIVISION_ALIASES: Final = _table("division_aliases")
ISLAND_PLACES: Final = _table("island_places")
CITIES_LIKE_WORDS: Final = _set("cities_like_words")

# company names
INDUSTRY_WORDS: Final = frozenset(_words("industry_words.txt"))
ENGLISH_INDUSTRY_WORDS: Final = _set("english_industry_words")
LITTLE_WORDS: Final = _set("little_words")
ORGANISATION_WORDS: Final = _set("organisation_words")
BANKS: Final = _table("banks")
ACCOUNT_WORDS: Final = _SECTIONS["account_words"]
UNITS_WITHOUT_COMPANY: Final = _SECTIONS["units_without_company"]
REMARK_WORDS: Final = _SECTIONS["remark_words"]
GROUP_WORDS: Final = _set("group_words")
ENTERPRISE_WORDS: Final = _SECTIONS["enterprise_words"]

# persons
SURNAMES: Final = _words("surnames.txt")
SURNAME_RANK: Final = {surname: rank for rank, surname in reversed(tuple(enumerate(SURNAMES)))}
SURNAME_READINGS: Final = _table("surname_readings")
TITLES: Final = _SECTIONS["titles"]
DEPARTMENT_PREFIXES: Final = _SECTIONS["department_prefixes"]
LATIN_TITLES: Final = _set("latin_titles")
HONORIFICS: Final = LATIN_TITLES | _set("honorifics")
NAME_PARTICLES: Final = _set("name_particles")
NICKNAME_LINES: Final = tuple(tuple(line.replace(":", " ").split()) for line in _lines("nicknames.txt"))
ROMANISED_SURNAMES: Final = tuple(tuple(re.split("[:,]", names)) for names in _SECTIONS["romanised_surnames"])

# telephone, mail, addresses
AREA_CODE_LINES: Final = tuple(tuple(line.split()) for line in _lines("area_codes.txt"))
FREE_MAIL_DOMAINS: Final = frozenset(_words("free_mail_domains.txt"))
ROLE_MAILBOXES: Final = _set("role_mailboxes")
PLACE_WORDS: Final = _SECTIONS["place_words"]
ZONE_WORDS: Final = _SECTIONS["zone_words"]
BUILDING_WORDS: Final = _SECTIONS["building_words"]
COUNTRY_WORDS: Final = {word.replace("_", " "): code for word, code in _table("country_words").items()}
STREET_KINDS: Final = _table("street_kinds")
COMPASS: Final = _table("compass")
STREET_ORDINALS: Final = _table("street_ordinals")

LEGAL_FORMS: Final[dict[str, str]] = {
    "股份有限公司": "limited_by_shares",
    "股份有限责任公司": "limited_by_shares",
    "股份公司": "limited_by_shares",
    "有限责任公司": "limited",
    "责任有限公司": "limited",
    "有限责任有限公司": "limited",
    "责任有限责任公司": "limited",
    "有限公司": "limited",
    "责任公司": "limited",
    "总公司": "company",
    "公司": "company",
    "普通合伙企业": "partnership",
    "有限合伙企业": "partnership",
    "合伙企业": "partnership",
    "有限合伙": "partnership",
    "普通合伙": "partnership",
    "特殊普通合伙": "partnership",
    "个人独资企业": "sole_proprietorship",
    "个体工商户": "individual",
    "个体户": "individual",
    "农民专业合作社联合社": "cooperative",
    "农民专业合作社": "cooperative",
    "专业合作社": "cooperative",
    "株式会社": "kk",
    "有限会社": "yk",
    "合同会社": "gk",
    "주식회사": "kr_stock_company",
    "유한회사": "kr_limited",
}
"""Legal forms that are no part of the core: form → class."""

KEPT_FORMS: Final[dict[str, str]] = {
    "厂": "factory",
    "商行": "shop",
    "店": "shop",
    "行": "shop",
    "商店": "shop",
    "经营部": "individual",
    "门市部": "individual",
    "服务部": "individual",
    "合作社": "cooperative",
    "研究院": "institute",
    "研究所": "institute",
    "设计院": "institute",
    "中心": "center",
    "事务所": "firm",
    "医院": "hospital",
    "学校": "school",
    "学院": "school",
    "大学": "school",
    "中学": "school",
    "小学": "school",
    "幼儿园": "school",
    "委员会": "public_body",
    "管委会": "public_body",
    "局": "public_body",
    "政府": "public_body",
    "协会": "association",
    "学会": "association",
    "商会": "association",
    "基金会": "foundation",
    "银行": "bank",
    "信用社": "bank",
}
"""Words at the end that tell the kind of an organisation and stay part of its core."""

UNIT_KINDS: Final[dict[str, str]] = {
    "分公司": "branch",
    "支公司": "branch",
    "分行": "branch",
    "支行": "branch",
    "营业部": "branch",
    "营业厅": "branch",
    "营业室": "branch",
    "营业所": "branch",
    "营业网点": "branch",
    "分理处": "branch",
    "储蓄所": "branch",
    "分社": "branch",
    "分所": "branch",
    "分院": "branch",
    "分部": "branch",
    "分中心": "branch",
    "事业部": "branch",
    "项目部": "branch",
    "分厂": "plant",
    "工厂": "plant",
    "生产基地": "plant",
    "车间": "plant",
    "办事处": "office",
    "代表处": "office",
    "联络处": "office",
    "分店": "outlet",
    "门店": "outlet",
    "专卖店": "outlet",
    "旗舰店": "outlet",
    "店": "outlet",
    "门市部": "outlet",
    "经营部": "outlet",
    "厂": "plant",
    "厂区": "plant",
    "基地": "plant",
    "仓库": "site",
    "仓": "site",
    "库": "site",
    "收货点": "site",
    "物流中心": "site",
    "配送中心": "site",
    "食堂": "department",
    "服务部": "department",
    "中心": "department",
    "部": "department",
    "处": "department",
    "所": "department",
    "站": "department",
    "点": "department",
    "工会委员会": "union",
    "工会": "union",
}
"""Words that end the part of a name after the legal form: unit → kind of unit."""

FOREIGN_FORMS: Final[dict[str, str]] = {
    "limited": "ltd",
    "ltd": "ltd",
    "co ltd": "ltd",
    "coltd": "ltd",
    "company limited": "ltd",
    "co limited": "ltd",
    "corp ltd": "ltd",
    "co inc": "inc",
    "pte ltd": "ltd",
    "pte limited": "ltd",
    "pvt ltd": "ltd",
    "private limited": "ltd",
    "pty ltd": "ltd",
    "sdn bhd": "sdn_bhd",
    "bhd": "bhd",
    "public company limited": "plc",
    "plc": "plc",
    "inc": "inc",
    "incorporated": "inc",
    "corp": "inc",
    "corporation": "inc",
    "co": "company",
    "company": "company",
    "llc": "llc",
    "l l c": "llc",
    "llp": "llp",
    "lp": "lp",
    "gmbh": "gmbh",
    "gmbh co kg": "kg",
    "gmbh co kgaa": "kg",
    "gmbh u co kg": "kg",
    "gmbh und co kg": "kg",
    "mbh": "gmbh",
    "ug": "gmbh",
    "ag": "ag",
    "kg": "kg",
    "ohg": "ohg",
    "se": "se",
    "sa": "sa",
    "s a": "sa",
    "sas": "sas",
    "s a s": "sas",
    "sarl": "sarl",
    "s a r l": "sarl",
    "sa de cv": "sa",
    "s a de c v": "sa",
    "sl": "sarl",
    "slu": "sarl",
    "ltda": "sarl",
    "lda": "sarl",
    "srl": "sarl",
    "s r l": "sarl",
    "spa": "sa",
    "s p a": "sa",
    "bv": "bv",
    "b v": "bv",
    "nv": "nv",
    "n v": "nv",
    "oy": "oy",
    "oyj": "oy",
    "ab": "ab",
    "as": "as",
    "a s": "as",
    "asa": "as",
    "aps": "aps",
    "kk": "kk",
    "k k": "kk",
    "kabushiki kaisha": "kk",
    "youxiangongsi": "limited",
    "youxianzerengongsi": "limited",
    "gufenyouxiangongsi": "limited_by_shares",
    "gongsi": "company",
    "godo kaisha": "gk",
    "jsc": "jsc",
    "ojsc": "jsc",
    "pjsc": "jsc",
    "tbk": "tbk",
    "kft": "kft",
    "zrt": "zrt",
    "sp z o o": "sp_zoo",
    "spolka z o o": "sp_zoo",
    "s r o": "sro",
    "sro": "sro",
    "doo": "doo",
    "d o o": "doo",
    "ооо": "ooo",
    "оао": "oao",
    "зао": "zao",
    "ао": "ao",
    "пао": "pao",
}
FOREIGN_FORMS_IN_FRONT: Final[dict[str, str]] = {
    "pt": "pt",
    "ооо": "ooo",
    "оао": "oao",
    "зао": "zao",
    "ао": "ao",
    "пао": "pao",
}
