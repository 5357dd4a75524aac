"""Postal addresses taken apart: Chinese ones down to the house number, foreign ones to country, postcode and city."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from mappings.normalize.data import BUILDING_WORDS, COUNTRY_WORDS, PLACE_WORDS, ZONE_WORDS
from mappings.normalize.divisions import BY_NAME, BY_SHORT_NAME, Division, current_name, names_at, parents, pick
from mappings.normalize.numerals import han_number
from mappings.normalize.pinyin_regions import pinyin_region
from mappings.normalize.text import clean, fold, has_han, simplify

_LABEL = re.compile(r"^(?:[\u4e00-\u9fff]{0,4}(?:地址|住所|所在地)(?:是|为)?[:：]?|地址|add(?:ress)?\.?:)")
_BLANK = re.compile(r"[\s,，、;；|]+")
_POSTCODE_CN = re.compile(
    r"(?:邮编|邮政编码|p\.?c\.?|zip)[:：]?\s*(\d{6})(?!\d)|^(\d{6})(?=[^\d])|(?<![\d号室楼#-])(\d{6})$"
)
_FULL_NAME_AHEAD = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:省|自治区|市)")
_NOT_A_SHORT_NAME = re.compile(rf"[东南西北中]{{0,2}}[一二三四五六七八九十\d]?(?:{'|'.join(PLACE_WORDS)})")
_TOWN = re.compile(
    r"^[\u4e00-\u9fff](?:(?!路|大道)[\u4e00-\u9fff]){0,7}?"
    r"(?:街道办事处|街道|镇|乡|苏木|街(?=[\u4e00-\u9fff]{2,8}(?:路|街|大道)\d))(?!路|街|大|[东南西北中]路)"
)
_ZONE = re.compile(rf"^(?:(?!路|号|大道)[\u4e00-\u9fff\d]){{1,12}}?(?:{'|'.join(ZONE_WORDS)})")
_ROAD = re.compile(
    r"[\u4e00-\u9fffa-z0-9]{1,12}?(?:大道|大街|公路|胡同|路|街|道|巷|弄(?=\d)|里(?=\d|$)|线(?=\d))"
    r"(?:(?:[东南西北中]{1,2}|[一二三四五六七八九])段|[东南西北中](?=[甲乙丙丁]?\d|$))?"
)
_NUMBER = re.compile(
    r"第?(?:(\d+弄\d*)号?"
    r"|([甲乙丙丁]?\d+(?:[-之~]\d+)*)(?:号院|号(?!楼)|(?![-\da-z号栋幢座楼层室单]))"
    r"|([一二三四五六七八九十]{1,3})号(?!楼))"
)
_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
_BUILDING = re.compile(rf"^\D*?(?:[\u4e00-\u9fffa-z0-9]{{0,12}}?(?:{'|'.join(BUILDING_WORDS)}))+")
_POSTCODES: Final = (
    ("GB", re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b")),
    ("CA", re.compile(r"\b[a-z]\d[a-z]\s?\d[a-z]\d\b")),
    ("NL", re.compile(r"\b\d{4}\s?[a-z]{2}\b")),
    ("JP", re.compile(r"〒?\s?\b\d{3}-\d{4}\b")),
    ("BR", re.compile(r"\b\d{5}-\d{3}\b")),
    ("PL", re.compile(r"\b\d{2}-\d{3}\b")),
    ("", re.compile(r"\b(?:[a-z]{1,2}-)?\d{4,6}(?:-\d{4})?\b")),
)
_STATE = re.compile(r"\b[a-z]{2}$")
_SPECIAL_REGIONS: Final = {"HK": "810000", "MO": "820000", "TW": "710000"}
_SPECIAL_BY_PROVINCE: Final = {region[:2]: country for country, region in _SPECIAL_REGIONS.items()}
_WRITTEN_IN_HAN: Final = frozenset({"", "CN", *_SPECIAL_REGIONS})


class AddressParts(NamedTuple):
    """An address in parts.

    Args:
        country: ISO 3166 alpha-2, ``""`` if nothing tells.
        province, city, county: full names; a municipality is its own city.
        region_code: GB/T 2260 code as deep as known.
        town: town, street office or development zone.
        road: road or street.
        number: house number, digits as written.
        building: building, block or housing estate.
        rest: what is left.
        folded: the whole address folded.
        postal_code: as written, without blanks.
    """

    country: str
    province: str = ""
    city: str = ""
    county: str = ""
    region_code: str = ""
    town: str = ""
    road: str = ""
    number: str = ""
    building: str = ""
    rest: str = ""
    folded: str = ""
    postal_code: str = ""


@lru_cache(maxsize=16384)
def parse_address(text: str, *, country: str = "") -> AddressParts:
    """Take an address apart; nothing is invented: what the text does not say stays empty.

    Args:
        text: the address in one line.
        country: ISO 3166 alpha-2 from the source, if it says one; words in the text win over it.

    >>> parts = parse_address("广东深圳南山区粤海街道科技南路18号深圳湾大厦B座1203室")
    >>> parts.province, parts.city, parts.county, parts.region_code, parts.town
    ('广东省', '深圳市', '南山区', '440305', '粤海街道')
    >>> parts.road, parts.number, parts.building, parts.rest
    ('科技南路', '18', '深圳湾大厦b座', '1203室')
    >>> parse_address("朝阳路12号").county, parse_address("10115 Berlin, Germany").city
    ('', 'berlin')
    """
    cleaned = clean(text)
    plain = simplify(cleaned)
    if not plain:
        return AddressParts(country=country)
    if has_han(plain) and country in _WRITTEN_IN_HAN and _leading_country(plain) in _WRITTEN_IN_HAN:
        return _parse_chinese(cleaned, plain, country)
    return _parse_overseas(cleaned, plain, country)


def region_name(code: str) -> str:
    """Give the full name of a region from the province down, ``""`` if the code never existed.

    >>> region_name("440305"), region_name("310104"), region_name("999999")
    ('广东省深圳市南山区', '上海市徐汇区', '')
    """
    name = current_name(code)
    if not name:
        return ""
    return "".join(dict.fromkeys(part for part in (*parents(code), name) if part))


def _leading_country(plain: str) -> str:
    for length in (5, 4, 3, 2):
        if (country := COUNTRY_WORDS.get(plain[:length])) is not None:
            return country
    return ""


# --- Chinese ----------------------------------------------------------------------------------------------------------


def _parse_chinese(cleaned: str, plain: str, country: str) -> AddressParts:
    postcode = _POSTCODE_CN.search(plain)
    if postcode is not None:
        plain = plain[: postcode.start()] + plain[postcode.end() :]
    plain = _LABEL.sub("", _BLANK.sub("", plain), count=1)
    plain = plain.removeprefix("中华人民共和国").removeprefix("中国")
    remarks = "".join(_BRACKETS.findall(plain))
    code, name, rest = _read_divisions(_BRACKETS.sub("", plain))
    country = _SPECIAL_BY_PROVINCE.get(code[:2]) or country or ("CN" if name else "")
    province, city = parents(code) if code else ("", "")
    town, rest = _take(_TOWN, rest)
    if not town:
        town, rest = _take(_ZONE, rest)
    road, number, building, rest = _read_tail(rest)
    return AddressParts(
        country=country,
        province=province,
        city=city,
        county=name if code[4:] != "00" else "",
        region_code=code,
        town=town,
        road=road,
        number=number,
        building=building,
        rest=rest + remarks,
        folded=fold(cleaned),
        postal_code=next((group for group in postcode.groups() if group), "") if postcode is not None else "",
    )


def _read_divisions(text: str) -> tuple[str, str, str]:
    """Read province, city and county at the start, or behind a few characters if they are written in full there.

    Returns:
        Deepest code, name of that division, what follows. 朝阳区 alone has a name and no code: there are several.
    """
    code, name, end = _walk(text, 0)
    if not name and (ahead := _FULL_NAME_AHEAD.search(text, 0, 16)) is not None:
        for start in range(ahead.start(), ahead.end() - 2):
            if text[start : ahead.end()] in BY_NAME:
                code, name, end = _walk(text, start)
                break
    return code, name, text[end:]


def _walk(text: str, start: int) -> tuple[str, str, int]:
    code, name, end = "", "", start
    while (step := _next_division(text, _skip_repeated(text, end, code), code)) is not None:
        code, name, end = step
        if code[4:] != "00":
            break
    return code, name, end


def _next_division(text: str, start: int, within: str) -> tuple[str, str, int] | None:
    """Find the longest division name at a place that lies in the division known so far: its code, name and end."""
    for name in names_at(text, start):
        end = start + len(name)
        if (found := BY_NAME.get(name)) is not None:
            division = pick(found, within)
            if division is not None:
                return division.code, division.name, end
            if not within:
                return "", name, end
        if (found := BY_SHORT_NAME.get(name)) is not None:
            division = pick(found, within)
            if division is not None and _may_be_short(division, text, end, within):
                return division.code, division.name, end
    return None


def _skip_repeated(text: str, start: int, within: str) -> int:
    """Skip a municipality's name written twice (北京市北京市朝阳区) and collective words (市辖区)."""
    for word in (current_name(within), "市辖区", "直辖县级行政区划") if within else ():
        if word and text.startswith(word, start):
            return start + len(word)
    return start


def _may_be_short(division: Division, text: str, end: int, within: str) -> bool:
    """Accept a short form only where it cannot be the name of a road, building or town."""
    if _NOT_A_SHORT_NAME.match(text, end):
        return False
    if division.level == "county":
        return bool(within) and end < len(text)
    return True


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.match(text)
    return (match[0], text[match.end() :]) if match is not None else ("", text)


def _read_tail(text: str) -> tuple[str, str, str, str]:
    """Read road, house number and building; what stands before the road belongs to the rest."""
    match = _ROAD.match(text)
    road, after = (match[0], text[match.end() :]) if match is not None else ("", text)
    number = ""
    match = _NUMBER.match(after)
    if match is not None:
        after = after[match.end() :]
        number = match[1] or match[2] or str(han_number(match[3]))
    building, rest = _take(_BUILDING, after)
    return road, number, building, rest


# --- overseas ---------------------------------------------------------------------------------------------------------


def _parse_overseas(cleaned: str, plain: str, country: str) -> AddressParts:
    parts = [part.strip(" .") for part in re.split(r"[,;|\n]", plain) if part.strip(" .")]
    named = COUNTRY_WORDS.get(parts[-1], "") if parts else ""
    if named:
        parts = parts[:-1]
    elif _leading_country(plain):
        named = _leading_country(plain)
    country = named or country
    postcode, city, used = _postcode_and_city(parts, country)
    rest = ", ".join(part for place, part in enumerate(parts) if place != used)
    region = _SPECIAL_REGIONS.get(country, "")
    if country == "CN" and city:
        region = pinyin_region(city) or ""
    province, chinese_city = parents(region) if region else ("", "")
    return AddressParts(
        country=country,
        province=province,
        city=chinese_city or city,
        region_code=region,
        rest=rest,
        folded=fold(cleaned),
        postal_code=postcode,
    )


def _postcode_and_city(parts: list[str], country: str) -> tuple[str, str, int]:
    """Find the part with a postcode, from the end; the words beside it are the city, else the part before it."""
    patterns = [pattern for code, pattern in _POSTCODES if code in {country, ""}]
    for place in range(len(parts) - 1, 0 if len(parts) > 1 else -1, -1):
        for pattern in patterns:
            if (match := pattern.search(parts[place])) is None:
                continue
            beside = (parts[place][: match.start()] + parts[place][match.end() :]).strip(" -")
            if _STATE.fullmatch(beside) or not beside:
                beside = parts[place - 1] if place > 1 else ""
            return match[0].replace(" ", "").lstrip("〒"), beside if not re.search(r"\d", beside) else "", place
    return "", "", -1
