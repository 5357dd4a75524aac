"""How a name comes to be written differently: other names, changed parts, wrong characters, traces of the system."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from random import Random

from hub.demo.landscape import characters, contacts, geography, names
from hub.demo.landscape.drafts import Disguise, Draft
from hub.demo.landscape.tables import words

_GENERAL_TAILS = words("科技 设备 材料 制品 技术 工程 管理 咨询 贸易 服务 传媒 配件 器材 用品")
_REMARKS = words(
    "（老客户） (月结) -新 （停用勿选） 及其下属子公司 的客户 * （{person}） -{person}客户 （开票） /现款 【VIP】 "
    "（请先款后货）"
)


# --- another name altogether ------------------------------------------------------------------------------------------


def english_name(d: Draft, rng: Random) -> bool:
    """Write the English name; a Hong Kong or Taiwan company is written in Chinese instead."""
    if d.customer.chinese_name:
        return d.write(d.customer.chinese_name)
    if d.parts is None or d.flat or d.customer.kind != "organisation":
        return False
    english = d.parts.english
    return d.write(english.upper() if rng.random() < 0.3 else english)


def pinyin_name(d: Draft, _: Random) -> bool:
    """Write the name in pinyin words."""
    return d.parts is not None and not d.flat and d.write(d.parts.in_pinyin)


def former_name(d: Draft, _: Random) -> bool:
    """Write the name the company had before it was renamed."""
    return d.customer.former is not None and d.restructure(d.customer.former)


def successor(d: Draft, _: Random) -> bool:
    """Write a predecessor that the company has absorbed, with the predecessor's own identifier."""
    if d.customer.predecessor is None:
        return False
    d.parts, d.identifier = d.customer.predecessor
    return True


def short_name(d: Draft, rng: Random) -> bool:
    """Write what people call the company: trade name, perhaps with region or industry."""
    if d.parts is None or d.flat or d.parts.unit:
        return False
    p = d.parts
    short = rng.choice(
        (p.trade, p.trade + p.industry[:2], p.trade + p.industry, names.short_region(p.region) + p.trade)
    )
    return len(short) > 1 and d.write(short)


def abbreviation(d: Draft, rng: Random) -> bool:
    """Write first characters of the parts: 兖煤 for 兖州煤业."""
    if d.parts is None or d.flat or d.parts.unit or not d.parts.industry:
        return False
    p = d.parts
    return d.write(
        rng.choice((p.region[:1] + p.trade[:1] + p.industry[:1], p.trade[:1] + p.industry[:2], p.region[:1] + p.trade))
    )


# --- the parts of the name --------------------------------------------------------------------------------------------


def legal_form(d: Draft, rng: Random) -> bool:
    """Write another legal form or another spelling of it."""
    if d.customer.other_form:
        return d.write(d.name.replace(d.customer.legal_form, d.customer.other_form))
    if d.parts is None or d.flat:
        return False
    others = {
        "有限公司": ("有限责任公司", "有限责任公司", "责任有限公司", "公司", "股份有限公司"),
        "有限责任公司": ("有限公司", "有限公司", "责任有限公司", "公司"),
        "股份有限公司": ("有限公司", "股份公司"),
        "集团有限公司": ("集团", "集团公司", "（集团）有限公司"),
        "控股有限公司": ("控股", "控股公司"),
        "经营部": ("商行", "经营店"),
        "商行": ("经营部", "店"),
        "店": ("商店", "经营部"),
    }.get(d.parts.form)
    return others is not None and d.restructure(replace(d.parts, form=rng.choice(others)))


def legal_form_misspelt(d: Draft, rng: Random) -> bool:
    """Lose, double or swap characters of the legal form."""
    if d.parts is None or d.flat or not d.parts.form.endswith("有限公司"):
        return False
    wrong = rng.choice(
        ("有限公", "有限司公", "有限公司公司", "有限责任责任公司", "有限工司", "有限公词", "有公司", "限公司")
    )
    return d.restructure(replace(d.parts, form=d.parts.form.removesuffix("有限公司") + wrong))


def legal_form_lost(d: Draft, _: Random) -> bool:
    """Leave the legal form out; 集团 and 控股 stay."""
    if d.customer.legal_form:
        return d.write(d.name.removesuffix(d.customer.legal_form).rstrip(" ,"))
    if d.parts is None or d.flat or d.parts.unit or "公司" not in d.parts.form:
        return False
    kept = d.parts.form[:2] if d.parts.form.startswith(("集团", "控股")) else ""
    return d.restructure(replace(d.parts, form=kept))


def region_lost(d: Draft, _: Random) -> bool:
    """Leave the region out."""
    return _has_region(d) and d.restructure(replace(d.parts, region="")) if d.parts else False


def region_moved(d: Draft, rng: Random) -> bool:
    """Put the region elsewhere: in front, in brackets behind trade name or industry."""
    if d.parts is None or not _has_region(d) or d.customer.kind != "organisation":
        return False
    layout = rng.choice([layout for layout in ("first", "middle", "late") if layout != d.parts.layout])
    return d.restructure(replace(d.parts, layout=layout, region=names.short_region(d.parts.region)))


def region_suffix(d: Draft, _: Random) -> bool:
    """Write the region with 市 where it had none, or without."""
    if d.parts is None or not _has_region(d) or d.customer.home is None or d.customer.kind != "organisation":
        return False
    home = d.customer.home
    return d.restructure(replace(d.parts, region=home.name if d.parts.region == home.short else home.short))


def region_added(d: Draft, _: Random) -> bool:
    """Add a region that the registered name does not have: the city, or the province before it."""
    home = d.customer.home
    if d.parts is None or d.flat or home is None or d.customer.kind != "organisation":
        return False
    if not d.parts.region:
        return d.restructure(replace(d.parts, region=home.short, layout="first"))
    province = geography.short_name(home.province)
    if home.province == home.name or d.parts.layout != "first" or d.parts.region.startswith(province):
        return False
    return d.restructure(replace(d.parts, region=province + d.parts.region))


def word_added(d: Draft, rng: Random) -> bool:
    """Add a general word to the industry."""
    if d.parts is None or d.flat or d.customer.kind != "organisation" or not d.parts.industry:
        return False
    word = rng.choice(("科技", "实业", "发展", "商贸", "技术", "制造", "工业", "设备", "国际", "工程"))
    before = rng.random() < 0.3
    return word not in d.parts.industry and d.restructure(
        replace(d.parts, industry=word + d.parts.industry if before else d.parts.industry + word)
    )


def word_lost(d: Draft, _: Random) -> bool:
    """Leave half of the industry out."""
    if d.parts is None or d.flat or len(d.parts.industry) < 4:
        return False
    industry = d.parts.industry
    return d.restructure(replace(d.parts, industry=industry[:-2] if industry[-2:] in _GENERAL_TAILS else industry[2:]))


def order_swap(d: Draft, _: Random) -> bool:
    """Swap two words: 控股集团, 咨询管理."""
    if d.parts is None or d.flat:
        return False
    p = d.parts
    if p.form in {"集团有限公司", "控股有限公司"}:
        return d.restructure(replace(p, industry=p.form[:2] + p.industry, form="有限公司"))
    if len(p.industry) == 4:
        return d.restructure(replace(p, industry=p.industry[2:] + p.industry[:2]))
    return False


# --- the characters of the name ---------------------------------------------------------------------------------------


def homophone(d: Draft, rng: Random) -> bool:
    """Replace a character by one of the same sound."""
    return _replaced(d, rng, characters.same_sound())


def shape(d: Draft, rng: Random) -> bool:
    """Replace a character by one of similar shape."""
    return _replaced(d, rng, characters.similar_shape())


def lost_character(d: Draft, rng: Random) -> bool:
    """Lose a character."""
    place = _core_place(d, rng)
    return len(d.name) > 5 and d.write(d.name[:place] + d.name[place + 1 :])


def doubled_character(d: Draft, rng: Random) -> bool:
    """Write a character twice."""
    place = _core_place(d, rng)
    return len(d.name) > 3 and d.write(d.name[:place] + d.name[place] + d.name[place:])


def transposed_characters(d: Draft, rng: Random) -> bool:
    """Swap two neighbouring characters."""
    place, name = _core_place(d, rng), d.name
    if len(name) < 4 or place + 1 >= len(name):
        return False
    return d.write(name[:place] + name[place + 1] + name[place] + name[place + 2 :])


# --- the name as a cell of a system -----------------------------------------------------------------------------------


def traditional(d: Draft, _: Random) -> bool:
    """Write traditional characters."""
    return d.write(characters.traditional(d.name))


def bracket_width(d: Draft, rng: Random) -> bool:
    """Write other brackets, half width for full width, or capitals."""
    name = d.name
    if "（" in name:
        opened, closed = rng.choice(("()", "[]", "〔〕", " )")) if rng.random() < 0.25 else "()"
        return d.write(name.replace("（", opened).replace("）", closed))
    if name.isascii():
        return d.write(
            "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
            if rng.random() < 0.3
            else name.upper()
        )
    if d.parts and d.parts.region and d.parts.layout == "first" and name.startswith(d.parts.region):
        return d.write(f"({d.parts.region}){name.removeprefix(d.parts.region)}")
    return False


def spacing(d: Draft, rng: Random) -> bool:
    """Add a blank, a point or a hyphen."""
    name = d.name
    place = rng.randrange(1, len(name)) if len(name) > 1 else 0
    gap = rng.choice((" ", "\u3000", "  ", "·", "-"))
    return d.write(rng.choice((name[:place] + gap + name[place:], f" {name}", f"{name} ", f"{name}.", f"{name}。")))


def remark(d: Draft, rng: Random) -> bool:
    """Glue a remark to the name."""
    person = contacts.surname(d.customer.second_contact or "王") + "经理"
    return d.write(d.name + rng.choice(_REMARKS).format(person=person))


def pasted_twice(d: Draft, _: Random) -> bool:
    """Paste the name twice."""
    return d.write(d.name * 2)


def truncation(octets: int) -> Disguise:
    """Make a disguise that cuts the name to a column of so many octets, two to a Chinese character."""

    def truncate(d: Draft, _: Random) -> bool:
        if d.parts and d.parts.unit:
            return False  # a branch without its last words would be its head office
        return d.write(d.name.encode("gb18030", "replace")[:octets].decode("gb18030", "ignore"))

    return truncate


def mojibake(d: Draft, _: Random) -> bool:
    """Read the name's GB 18030 octets as Latin-1."""
    octets = d.name.encode("gb18030")
    if d.name.isascii() or any(0x80 <= octet < 0xA1 for octet in octets):
        return False
    return d.write(unicodedata.normalize("NFC", octets.decode("latin-1")))


def swapped_columns(d: Draft, _: Random) -> bool:
    """Write the contact in the company's column and the company in the contact's."""
    if not d.contact or d.customer.kind == "person":
        return False
    d.contact, changed = d.name, d.write(d.contact)
    return changed


def _has_region(d: Draft) -> bool:
    return d.parts is not None and not d.flat and bool(d.parts.region)


def _core_place(d: Draft, rng: Random) -> int:
    """Choose a place in the name, in its trade name and industry rather than in the ending."""
    name = d.name
    core = len(name) - (4 if name.endswith("公司") else 0)
    return rng.randrange(max(core, 1))


def _replaced(d: Draft, rng: Random, others: dict[str, tuple[str, ...]]) -> bool:
    name = d.name
    start = max(name.find(d.parts.trade), 0) if d.parts else 0
    core = len(name) - (4 if name.endswith("公司") else 0)
    return d.write(characters.replace_one(rng, name, others, start, max(core, start)))
