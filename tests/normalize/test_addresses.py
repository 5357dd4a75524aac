"""Addresses taken apart; what the text does not say stays empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.addresses import parse_address, region_name


@pytest.mark.parametrize(
    "text",
    [
        "广东省深圳市南山区科技南路18号",
        "广东深圳南山区科技南路18号",
        "深圳市南山区科技南路18号",
        "深圳南山科技南路18号",
        "廣東省深圳市南山區科技南路18號",
        "中国广东省深圳市南山区科技南路18号",
        "地址：深圳市南山区科技南路18号（近地铁）",
        "518057 深圳市 南山区 科技南路18号",
        "深圳市南山区科技南路十八号",
    ],
)
def test_one_address_in_many_dresses(text: str) -> None:
    parts = parse_address(text)
    assert (parts.country, parts.province, parts.city, parts.county) == ("CN", "广东省", "深圳市", "南山区")
    assert (parts.region_code, parts.road, parts.number) == ("440305", "科技南路", "18")


@pytest.mark.parametrize(
    ("text", "code", "city", "county"),
    [
        ("北京市朝阳区建国路88号", "110105", "北京市", "朝阳区"),
        ("北京市市辖区朝阳区建国路88号", "110105", "北京市", "朝阳区"),
        ("重庆市重庆市渝北区", "500112", "重庆市", "渝北区"),
        ("江苏省昆山市张浦镇", "320583", "苏州市", "昆山市"),
        ("湖北省仙桃市干河街道", "429004", "", "仙桃市"),
        ("东莞市长安镇振安东路", "441900", "东莞市", ""),
        ("内蒙古呼和浩特新城区", "150102", "呼和浩特市", "新城区"),
        ("新疆石河子市北四路", "659001", "", "石河子市"),
        ("杭州市江干区凯旋路", "330104", "杭州市", "江干区"),
        ("浙江省上虞市百官街道", "330682", "绍兴市", "上虞市"),
        ("河北省唐海县", "130230", "唐山市", "唐海县"),
        ("临平区南苑街道", "330113", "杭州市", "临平区"),
        ("香港九龍觀塘道388號", "810000", "", ""),
        ("台灣台北市信義路五段7號", "710000", "", ""),
    ],
)
def test_divisions_of_today_and_of_yesterday(text: str, code: str, city: str, county: str) -> None:
    parts = parse_address(text)
    assert (parts.region_code, parts.city, parts.county) == (code, city, county)


@pytest.mark.parametrize(
    "text",
    [
        "朝阳路12号",
        "北京西路722号",
        "南京东路1号",
        "江东北路317号",
        "中山大道5号",
        "黄河大厦3楼",
        "长春大街",
        "上海路8号",
        "四川北路",
        "海城广场",
        "",
    ],
)
def test_a_road_is_no_region(text: str) -> None:
    parts = parse_address(text)
    assert (parts.region_code, parts.province, parts.city, parts.county) == ("", "", "", "")


def test_a_county_name_that_many_cities_have_gets_no_code() -> None:
    parts = parse_address("朝阳区北苑路168号")
    assert (parts.county, parts.region_code, parts.city) == ("朝阳区", "", "")


@pytest.mark.parametrize(
    ("text", "town", "road", "number", "building"),
    [
        ("上海市松江区新桥镇民强路655弄16号", "新桥镇", "民强路", "655弄16", ""),
        ("上海市徐汇区钦州北路1199号87号楼", "", "钦州北路", "1199", "87号楼"),
        ("深圳市龙华区华兴路19号龙泉信息科技园C区", "", "华兴路", "19", "龙泉信息科技园c区"),
        ("苏州市工业园区仁爱路166号", "工业园区", "仁爱路", "166", ""),
        ("北京市朝阳区霄云路甲26号海航大厦", "", "霄云路", "甲26", "海航大厦"),
        ("西城区三里河东路5号中商大厦", "", "三里河东路", "5", "中商大厦"),
        ("成都市武侯区天府大道中段1号", "", "天府大道中段", "1", ""),
    ],
)
def test_town_road_number_building(text: str, town: str, road: str, number: str, building: str) -> None:
    parts = parse_address(text)
    assert (parts.town, parts.road, parts.number) == (town, road, number)
    assert parts.building.startswith(building.removesuffix("c区"))


@pytest.mark.parametrize(
    ("text", "hint", "country", "city", "postcode"),
    [
        ("Werner-von-Siemens-Str. 1, 80333 München, Germany", "", "DE", "münchen", "80333"),
        ("1600 Amphitheatre Parkway, Mountain View, CA 94043, USA", "", "US", "mountain view", "94043"),
        ("10 Downing Street, London SW1A 2AA, United Kingdom", "", "GB", "london", "sw1a2aa"),
        ("72 rue de la Paix, 75002 Paris", "FR", "FR", "paris", "75002"),
        ("日本東京都港区赤坂1-2-3", "", "JP", "", ""),
        ("Room 1203, 18 Keji South Road, Nanshan District, Shenzhen 518057, China", "", "CN", "深圳市", "518057"),
    ],
)
def test_overseas(text: str, hint: str, country: str, city: str, postcode: str) -> None:
    parts = parse_address(text, country=hint)
    assert (parts.country, parts.city, parts.postal_code) == (country, city, postcode)


def test_region_names() -> None:
    assert region_name("440305") == "广东省深圳市南山区"
    assert region_name("310000") == "上海市"
    assert region_name("429004") == "湖北省仙桃市"
    assert region_name("") == region_name("123456") == ""


@given(st.text(st.sampled_from("广东省深圳市南山区朝阳路街道镇号楼0123456789（）-A中国北京上海"), max_size=25))
def test_any_address_parses(text: str) -> None:
    parts = parse_address(text)
    assert not parts.region_code or region_name(parts.region_code)
    assert parse_address(text) == parts
