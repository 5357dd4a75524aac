"""Foreign and overseas customers: names, addresses, phones in the manner of their country."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hub.demo.landscape.characters import pinyin, traditional
from hub.demo.landscape.geography import Address
from hub.demo.landscape.names import TRADE_CHARACTERS, industry_english, some_industry
from hub.demo.landscape.tables import words


@dataclass(frozen=True, slots=True)
class Place:
    """A city abroad. In the two patterns ``#`` is a digit, ``N`` one from 2 to 9, ``@`` a letter."""

    city: str
    state: str
    post_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class Country:
    """How companies of a country are written.

    Args:
        code: ISO 3166 alpha-2.
        forms: legal forms, each with its other usual spelling.
        places: where its customers sit.
        streets: street names.
        number_last: whether the house number follows the street.
    """

    code: str
    forms: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    streets: tuple[str, ...]
    number_last: bool = False


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
_STREETS_JAPANESE = tuple(f"{i}-chome {n}" for i in range(1, 7) for n in words("Umeda Sakae Honmachi Minami Chuo"))
_STREETS_CHINESE = tuple(
    f"{name} Road" for name in words("Nathan Queens Canton Zhongshan Minsheng Zhongzheng Fuxing Nanjing Heping")
)
COUNTRIES = (
    Country(
        "US",
        (("Inc.", "Incorporated"), ("LLC", "L.L.C."), ("Corp.", "Corporation")),
        (
            Place("Chicago", "IL", "606##", "+1 312 N##-####"),
            Place("Houston", "TX", "770##", "+1 713 N##-####"),
            Place("Cleveland", "OH", "441##", "+1 216 N##-####"),
        ),
        _STREETS_ENGLISH,
    ),
    Country(
        "DE",
        (
            ("GmbH", "Gesellschaft mit beschränkter Haftung"),
            ("GmbH & Co. KG", "GmbH u. Co. KG"),
            ("AG", "Aktiengesellschaft"),
        ),
        (
            Place("Stuttgart", "", "701##", "+49 711 N######"),
            Place("Hamburg", "", "204##", "+49 40 N#######"),
            Place("München", "", "803##", "+49 89 N#######"),
        ),
        _STREETS_GERMAN,
        number_last=True,
    ),
    Country(
        "GB",
        (("Limited", "Ltd"), ("PLC", "Public Limited Company")),
        (
            Place("Manchester", "", "M1 #@@", "+44 161 4## ####"),
            Place("Leeds", "", "LS1 #@@", "+44 113 2## ####"),
            Place("Birmingham", "", "B2 #@@", "+44 121 4## ####"),
        ),
        _STREETS_ENGLISH,
    ),
    Country(
        "JP",
        (("Co., Ltd.", "Kabushiki Kaisha"), ("K.K.", "Co., Ltd.")),
        (
            Place("Osaka", "Osaka", "530-####", "+81 6-6###-####"),
            Place("Nagoya", "Aichi", "460-####", "+81 52-N##-####"),
            Place("Yokohama", "Kanagawa", "220-####", "+81 45-N##-####"),
        ),
        _STREETS_JAPANESE,
        number_last=True,
    ),
    Country(
        "SG",
        (("Pte. Ltd.", "Private Limited"), ("Pte Ltd", "Pte. Limited")),
        (Place("Singapore", "", "60####", "+65 6N## ####"), Place("Singapore", "", "40####", "+65 6N## ####")),
        tuple(f"{name} Avenue" for name in words("Tuas Jurong Changi Kallang Ubi")),
    ),
    Country(
        "KR",
        (("Co., Ltd.", "Corporation"),),
        (Place("Seoul", "", "06###", "+82 2-5##-####"), Place("Busan", "", "48###", "+82 51-7##-####")),
        tuple(f"{name}-ro" for name in words("Teheran Sejong Gangnam Haeundae Dongdaemun")),
        number_last=True,
    ),
    Country(
        "HK",
        (("Limited", "Ltd."), ("Co., Limited", "Company Limited")),
        (Place("Hong Kong", "", "", "+852 2N## ####"), Place("Kowloon", "", "", "+852 2N## ####")),
        _STREETS_CHINESE,
    ),
    Country(
        "TW",
        (("Co., Ltd.", "Company Limited"), ("Corp.", "Corporation")),
        (
            Place("Taipei", "", "104##", "+886 2 2### ####"),
            Place("Taichung", "", "407##", "+886 4 2### ####"),
            Place("Kaohsiung", "", "806##", "+886 7 3## ####"),
        ),
        _STREETS_CHINESE,
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


def some_foreign_address(rng: Random, country: Country, place: Place) -> Address:
    """Draw an address; the whole street line is its ``road``."""
    street, number = rng.choice(country.streets), rng.randint(1, 1800)
    line = f"{street} {number}" if country.number_last else f"{number} {street}"
    return Address(country.code, place.state, place.city, "", line, "", "", _fill(rng, place.post_code), "")


def some_foreign_phone(rng: Random, place: Place) -> str:
    """Draw a number in international writing: ``+49 711 2345678``."""
    return _fill(rng, place.phone)


def _fill(rng: Random, pattern: str) -> str:
    choices = {"#": "0123456789", "N": "23456789", "@": "ABDEFGHJLNPQRSTUWXYZ"}
    return "".join(rng.choice(choices.get(character, character)) for character in pattern)


PEOPLE = tuple(
    f"{family} {given}"
    for family in _FAMILY
    for given in words("Anna Peter Laura Thomas Julia Kenji Grace David Maria Stefan")
)
"""Invented people, family name first."""
