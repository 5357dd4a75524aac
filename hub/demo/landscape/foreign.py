"""Foreign and overseas customers: names, addresses, phones in the manner of their country."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hub.demo.landscape.characters import pinyin, traditional
from hub.demo.landscape.geography import Address
from hub.demo.landscape.names import TRADE_CHARACTERS, industry_english, some_industry
from hub.demo.landscape.tables import words


@dataclass(frozen=True, slots=True)
class Country:
    """How companies of a country are written.

    Args:
        code: ISO 3166 alpha-2.
        calling_code: E.164 country code.
        forms: legal forms, each with its other usual spelling.
        places: (city, state or province, start of the post code).
        streets: street names.
        number_last: whether the house number follows the street.
        national_digits: length of a national phone number without trunk prefix.
    """

    code: str
    calling_code: str
    forms: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str, str], ...]
    streets: tuple[str, ...]
    number_last: bool
    national_digits: int


_STREETS_ENGLISH = tuple(
    f"{name} {kind}"
    for name in words(
        "Oak Maple Cedar Elm River Lake Hill Park Mill Station Harbour Church King Queen Victoria Commerce"
    )
    for kind in ("Street", "Road", "Avenue", "Drive", "Lane")
)
_STREETS_GERMAN = tuple(
    f"{name}{kind}"
    for name in words("Haupt Garten Bahnhof Linden Schul Industrie Wald Berg Mühlen Hafen Kirch Ring Wiesen Feld")
    for kind in ("straße", "weg", "allee")
)
COUNTRIES = (
    Country(
        "US",
        "1",
        (("Inc.", "Incorporated"), ("LLC", "L.L.C."), ("Corp.", "Corporation")),
        (("Chicago", "IL", "606"), ("Houston", "TX", "770"), ("Cleveland", "OH", "441"), ("San Jose", "CA", "951")),
        _STREETS_ENGLISH,
        False,
        10,
    ),
    Country(
        "DE",
        "49",
        (
            ("GmbH", "Gesellschaft mit beschränkter Haftung"),
            ("GmbH & Co. KG", "GmbH u. Co. KG"),
            ("AG", "Aktiengesellschaft"),
        ),
        (("Stuttgart", "", "701"), ("Hamburg", "", "204"), ("München", "", "803"), ("Köln", "", "506")),
        _STREETS_GERMAN,
        True,
        10,
    ),
    Country(
        "GB",
        "44",
        (("Limited", "Ltd"), ("PLC", "Public Limited Company")),
        (("Manchester", "", "M1 "), ("Leeds", "", "LS1 "), ("Birmingham", "", "B2 ")),
        _STREETS_ENGLISH,
        False,
        10,
    ),
    Country(
        "JP",
        "81",
        (("Co., Ltd.", "Kabushiki Kaisha"), ("K.K.", "Co., Ltd.")),
        (("Osaka", "Osaka", "530"), ("Nagoya", "Aichi", "460"), ("Yokohama", "Kanagawa", "220")),
        tuple(f"{i}-chome {name}" for i in range(1, 7) for name in ("Umeda", "Sakae", "Honmachi", "Minami", "Chuo")),
        True,
        9,
    ),
    Country(
        "SG",
        "65",
        (("Pte. Ltd.", "Private Limited"), ("Pte Ltd", "Pte. Limited")),
        (("Singapore", "", "60"), ("Singapore", "", "40")),
        tuple(f"{n} Avenue" for n in ("Tuas", "Jurong", "Changi", "Kallang", "Ubi")),
        False,
        8,
    ),
    Country(
        "KR",
        "82",
        (("Co., Ltd.", "Corporation"),),
        (("Seoul", "", "06"), ("Busan", "", "48")),
        tuple(f"{n}-ro" for n in ("Teheran", "Sejong", "Gangnam", "Haeundae", "Dongdaemun")),
        True,
        9,
    ),
    Country(
        "HK",
        "852",
        (("Limited", "Ltd."), ("Co., Limited", "Company Limited")),
        (("Hong Kong", "", ""), ("Kowloon", "", "")),
        ("Nathan Road", "Queen's Road Central", "Kwun Tong Road", "Des Voeux Road", "Canton Road", "Castle Peak Road"),
        False,
        8,
    ),
    Country(
        "TW",
        "886",
        (("Co., Ltd.", "Company Limited"), ("Corp.", "Corporation")),
        (("Taipei", "", "104"), ("Taichung", "", "407"), ("Kaohsiung", "", "806")),
        ("Zhongshan Road", "Minsheng East Road", "Zhongzheng Road", "Fuxing North Road", "Nanjing East Road"),
        False,
        9,
    ),
)
_WEIGHTS = (18, 14, 8, 12, 8, 6, 22, 12)
_HEADS = words(
    "North South East West High Low Bright Clear Stone Iron Silver Copper Green Black White Blue Red Ever Grand "
    "Prime Wood Field Lake Hart Ash Birch Ald Brook Cross Fair Kings Wind Ridge Holl Sand Thorn Wren Merid Vant "
    "Orb Nov Cal Dur Quant Sol Tern"
)
_TAILS = words(
    "field stone bridge wood ford gate well ton mark land wick dale more haven ley water brook ian tec ex ora ium "
    "is on ar"
)
_FAMILY = words(
    "Weber Keller Brandt Vogel Lindner Harper Collins Fletcher Tanaka Mori Ishida Kwon Park Bauer Seidel Hughes "
    "Barnes Ortega Novak"
)


def some_country(rng: Random) -> Country:
    """Draw the home of a foreign customer."""
    return rng.choices(COUNTRIES, _WEIGHTS)[0]


def some_foreign_name(rng: Random, country: Country) -> tuple[str, str, str, str]:
    """Draw a name.

    Returns:
        The core, the legal form, its other spelling, and for Hong Kong and Taiwan the name in traditional Chinese.
    """
    form, other_form = rng.choice(country.forms)
    industry = some_industry(rng)
    words = industry_english()[industry]
    if country.code in {"HK", "TW"}:
        trade = "".join(rng.sample(TRADE_CHARACTERS, 2))
        region = "香港" if country.code == "HK" and rng.random() < 0.4 else ""
        chinese = traditional(f"{region}{trade}{industry}") + ("有限公司" if country.code == "HK" else "股份有限公司")
        return f"{pinyin(trade).capitalize()} {words}", form, other_form, chinese
    stem = rng.choice(_FAMILY) if rng.random() < 0.15 else (rng.choice(_HEADS) + rng.choice(_TAILS)).capitalize()
    second = f" & {rng.choice(_FAMILY)}" if rng.random() < 0.1 else ""
    return f"{stem}{second} {words}", form, other_form, ""


def some_foreign_address(rng: Random, country: Country) -> Address:
    """Draw an address; the whole street line is its ``road``."""
    city, state, prefix = rng.choice(country.places)
    street, number = rng.choice(country.streets), rng.randint(1, 1800)
    line = f"{street} {number}" if country.number_last else f"{number} {street}"
    length = {"US": 5, "DE": 5, "JP": 7, "SG": 6, "KR": 5, "TW": 5}.get(country.code, len(prefix))
    digits = "".join(rng.choices("0123456789", k=length - len(prefix)))
    postal_code = (
        prefix + digits
        if country.code != "GB"
        else f"{prefix}{rng.randint(1, 9)}{rng.choice('ABDEFG')}{rng.choice('HJLNP')}"
    )
    return Address(country.code, state, city, "", line, "", "", postal_code, "")


def some_foreign_phone(rng: Random, country: Country) -> str:
    """Draw a number in international writing: ``+49 711 2345678``."""
    national = f"{rng.randint(2, 7)}" + "".join(rng.choices("0123456789", k=country.national_digits - 1))
    return f"+{country.calling_code} {national[:-7]} {national[-7:]}".replace("  ", " ")


PEOPLE = tuple(
    f"{family} {given}"
    for family in _FAMILY
    for given in words("Anna Peter Laura Thomas Julia Kenji Grace David Maria Stefan")
)
"""Invented people, family name first."""
