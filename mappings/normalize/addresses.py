"""Postal addresses taken apart, down to the house number; foreign ones also to country, postcode and city."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from mappings.normalize.data import (
    BUILDING_WORDS,
    COUNTRY_WORDS,
    DIVISION_ALIASES,
    ISLAND_PLACES,
    PLACE_WORDS,
    STREET_KINDS,
    ZONE_WORDS,
)
from mappings.normalize.divisions import (
    BY_NAME,
    BY_SHORT_NAME,
    Division,
    current_code,
    current_name,
    names_at,
    parents,
    pick,
)
from mappings.normalize.numerals import han_number
from mappings.normalize.pinyin_regions import pinyin_region
from mappings.normalize.streets import Street, parse_street
from mappings.normalize.text import clean, fold, has_han, simplify

_LABEL = re.compile(r"^(?:[\u4e00-\u9fff]{0,4}(?:地址|住所|所在地)(?:是|为)?[:：]?|地址|add(?:ress)?\.?:)")
_BLANK = re.compile(r"[\s,，、;；|]+")
_POSTCODE_CN = re.compile(
    r"(?:邮编|邮政编码|p\.?c\.?|zip)[:：]?\s*(\d{6})(?!\d)|^(\d{6})(?=[^\d])|(?<![\d号室楼#-])(\d{6})$"
)
_FULL_NAME_AHEAD = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:省|自治区|市)")
_NOT_A_SHORT_NAME = re.compile(rf"门[内外北南]|[东南西北中]{{0,2}}[一二三四五六七八九十\d]?(?:{'|'.join(PLACE_WORDS)})")
_TOWN = re.compile(
    r"^[\u4e00-\u9fff](?:(?!路|大道)[\u4e00-\u9fff]){0,7}?"
    r"(?:街道办事处|街道|镇|乡|苏木|街(?=[\u4e00-\u9fff]{2,8}(?:路|街|大道)\d))(?!路|街|大|[东南西北中]路)"
)
_ZONE = re.compile(rf"^(?:(?!路|号|大道)[\u4e00-\u9fff\d]){{0,12}}?(?:{'|'.join(ZONE_WORDS)})")
_ROAD = re.compile(
    r"[\u4e00-\u9fffa-z0-9]{1,12}?(?:大道|大街|公路|胡同|路|街|道|巷|弄(?=\d)|里(?=[甲乙丙丁]?[\d一二三四五六七八九十]|$)|线(?=\d)"
    r"|村(?=[\d一二三四五六七八九十]{1,4}号))"
    r"(?:(?:[东南西北中]{1,2}|[一二三四五六七八九])段|[东南西北中](?=[甲乙丙丁]?\d|$))?"
)
_NUMBER = re.compile(
    r"第?(?:(\d+弄\d*)号?"
    r"|([甲乙丙丁附付副临新]?\d+(?:[-之~]\d+)*)(?:号院|号(?!楼)|(?![-\da-z号栋幢座楼层室单]))"
    r"|([甲乙丙丁]?)([〇零一二三四五六七八九十百]{1,5})号(?!楼)院?)"
)
_ADDED_NUMBER = re.compile("^[付副]")
_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
_BUILDING = re.compile(rf"^\D*?(?:[\u4e00-\u9fffa-z0-9]{{0,12}}?(?:{'|'.join(BUILDING_WORDS)}))+")
_POSTCODES: Final = (
    ("GB", re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b")),
    ("CA", re.compile(r"\b[a-z]\d[a-z]\s?\d[a-z]\d\b")),
    ("NL", re.compile(r"\b\d{4}\s?[a-z]{2}\b")),
    ("CN", re.compile(r"\b\d{6}\b")),
    ("US", re.compile(r"\b\d{5}(?:-\d{4})?\b")),
    ("JP", re.compile(r"〒?\s?\b\d{3}-\d{4}\b")),
    ("BR", re.compile(r"\b\d{5}-\d{3}\b")),
    ("PL", re.compile(r"\b\d{2}-\d{3}\b")),
    ("", re.compile(r"\b(?:[a-z]{1,2}-)?\d{4,6}(?:-\d{4})?\b")),
)
_POSTCODE_OF: Final = {country: (pattern,) for country, pattern in _POSTCODES if country}
_ANY_POSTCODE: Final = (
    *(re.compile(pattern.pattern + "$") for country, pattern in _POSTCODES if country in {"GB", "CA"}),
    _POSTCODES[-1][1],
)
"""Without a country: British and Canadian codes, which at the end can be nothing else, and plain digits."""
_NUMBER_AHEAD = re.compile(r"(?:\b(?:room|rm|suite|ste|unit|apt|flat|floor|box|building|bldg|no|nr)|#)[\s.]*$")
"""Words before digits that are no postcode."""
_ISLAND_PLACE = re.compile("|".join(sorted(ISLAND_PLACES, key=len, reverse=True)))
_ISLAND_DISTRICT = re.compile(r"(?!路|街|大道)[\u4e00-\u9fff]{1,3}[区乡镇市](?![路街])")
_NUMBER_FIRST: Final = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "IN", "SG", "HK", "ZA", "PH"})
"""Where an address begins with the house number, never with the postcode."""
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
        town: town, street office or development zone; in Hong Kong, Macau and Taiwan the district, city or county.
        road: road or street; of foreign ones direction, name and kind, spelled out.
        number: house number, digits as written.
        building: building, block or housing estate; of foreign addresses the apartment, suite or floor.
        rest: what is left; of foreign addresses all but country, postcode and what stands beside it.
        folded: the whole address folded.
        postal_code: as written, without blanks.
        current_code: code of today's division, where that of ``region_code`` was merged or renamed; else the same.
        street: the street of a foreign address, part by part.
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
    current_code: str = ""
    street: Street = Street()


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
    >>> parse_address("上海市闸北区共和新路1号").region_code, parse_address("上海市闸北区共和新路1号").current_code
    ('310108', '310106')
    >>> parse_address("221 E. 51st St., apt. 5").road, parse_address("221 E. 51st St., apt. 5").number
    ('east 51 street', '221')
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
    town, rest = _read_island_places(rest) if country in _SPECIAL_REGIONS else _read_town(rest)
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
        current_code=current_code(code),
    )


def _read_town(text: str) -> tuple[str, str]:
    town, rest = _take(_TOWN, text)
    return (town, rest) if town else _take(_ZONE, text)


def _read_island_places(text: str) -> tuple[str, str]:
    """Read district, city and county names of Hong Kong, Macau and Taiwan: 台北市大安区, 九龙观塘."""
    end = 0
    while (match := _ISLAND_PLACE.match(text, end)) is not None and not _NOT_A_SHORT_NAME.match(text, match.end()):
        end = match.end()
    if end and (match := _ISLAND_DISTRICT.match(text, end)) is not None:
        end = match.end()
    return text[:end], text[end:]


def _read_divisions(text: str) -> tuple[str, str, str]:
    """Read province, city and county at the start, or behind a few characters if they are written in full there.

    Returns:
        Deepest code, name of that division, what follows. 朝阳区 alone has a name and no code: there are several.
    """
    code, name, end = _walk(text, 0)
    if not name and (island := _ISLAND_PLACE.match(text)) is not None and island[0][-1] in "市县":
        return _SPECIAL_REGIONS[ISLAND_PLACES[island[0]]], "", text
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
        if text.startswith("新区", end) and (new := _new_district(name, within)) is not None:
            return new.code, new.name, end + 2
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
    return _alias_at(text, start, within)


def _new_district(short: str, within: str) -> Division | None:
    """Find the district of today that was a new area before it: 光明新区 is 光明区."""
    found = BY_NAME.get(short + "区")
    return pick(found, within) if found and short + "新区" not in BY_NAME else None


def _alias_at(text: str, start: int, within: str) -> tuple[str, str, int] | None:
    end = start + 2
    code = DIVISION_ALIASES.get(text[start:end])
    if code is None or not code.startswith(within[:2]) or _NOT_A_SHORT_NAME.match(text, end):
        return None
    return code, current_name(code), end


def _skip_repeated(text: str, start: int, within: str) -> int:
    """Skip a municipality's name written twice (北京市北京市朝阳区) and words that name no division (市辖区)."""
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
        number = match[1] or match[2] or match[3] + str(han_number(match[4]))
        number = _ADDED_NUMBER.sub("附", number)
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
    postcode, place, beside = _find_postcode(parts, country)
    city = _city(parts, place, beside)
    region = _SPECIAL_REGIONS.get(country, "")
    if country == "CN" and city:
        region = pinyin_region(city) or ""
    province, chinese_city = parents(region) if region else ("", "")
    street = parse_street(", ".join(beside if at == place else part for at, part in enumerate(parts)))
    return AddressParts(
        country=country,
        province=province,
        city=chinese_city or city,
        region_code=region,
        road=" ".join(filter(None, (street.direction, *street.name, street.kind))),
        number=street.number,
        building=street.unit,
        rest=beside
        if len(parts) == 1 and beside != city
        else ", ".join(p for at, p in enumerate(parts) if at != place),
        folded=fold(cleaned),
        postal_code=postcode,
        current_code=region,
        street=street,
    )


def _find_postcode(parts: list[str], country: str) -> tuple[str, int, str]:
    """Find the postcode, from the end: the code, the place of its part (-1 for none), the words beside it."""
    patterns = _POSTCODE_OF.get(country, _ANY_POSTCODE)
    for place in range(len(parts) - 1, -1, -1):
        for pattern in patterns:
            for match in pattern.finditer(parts[place]):
                before, after = parts[place][: match.start()], parts[place][match.end() :]
                if (place or before or _may_open(parts, match, country)) and not _NUMBER_AHEAD.search(before):
                    return match[0].replace(" ", "").lstrip("〒"), place, (before + after).strip(" -")
    return "", -1, ""


def _may_open(parts: list[str], match: re.Match[str], country: str) -> bool:
    """Tell whether what opens an address is a postcode (10115 Berlin) and no house number (3053 Normal Ave)."""
    if match[0] == parts[0]:
        return True
    return bool(country) and country not in _NUMBER_FIRST and len(parts) == 1


def _city(parts: list[str], place: int, beside: str) -> str:
    """Take the words beside the postcode for the city, or the part before where it is alone or with a state.

    Without a postcode it is the last part, if that is no street.
    """
    if place < 0 and len(parts) > 1:
        place, beside = len(parts) - 1, parts[-1]
        if not STREET_KINDS.keys().isdisjoint(beside.replace(".", " ").split()):
            return ""
    if _STATE.fullmatch(beside) or not beside:
        beside = parts[place - 1] if place > 1 else ""
    return beside if not re.search(r"\d", beside) else ""
