"""Company names in parts (registration rules of 2021): region + trade name + industry + legal form.

Trade names are free combinations of characters that trade names are made of, industries are plain words: no list of
real companies is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from random import Random

from hub.demo.landscape.characters import pinyin, spell
from hub.demo.landscape.tables import rows, words

TRADE_CHARACTERS = (
    "安邦宝博昌辰晨诚达德鼎东泛方丰峰福富高冠光广国海瀚航豪浩和恒弘宏鸿华辉汇惠嘉佳建健捷金锦精景巨骏凯康科坤兰朗力"
    "立利联良林龙隆陆路美明铭茂盟南宁诺派鹏普齐启千乾强庆泉荣融瑞润森山商尚盛胜诗时世仕双顺思硕松泰腾天通同拓万旺威"
    "维伟文沃祥翔新鑫信兴旭迅雅亚扬洋阳耀业一仪亿艺益意银英盈永友优宇裕源远月云运泽展长正志智中众卓兆振震征政子紫自"
    "宗佐百北奔必彬炳波伯昊衡桓慧吉济加江杰津晶久聚君骐麒琦清晴仁如赛三圣实士舒烁太桐图为唯伍熙希溪霞先贤祺欣星轩雪"
    "勋燕依易逸奕毅颖勇雨御誉元跃蕴赞哲臻珍致钟舟洲竹祝筑梓尊"
)

# industry word, its English, weight
_INDUSTRIES = """
机械 Machinery 6; 机电设备 Electromechanical Equipment 5; 精密机械 Precision Machinery 3
自动化设备 Automation Equipment 5; 电子 Electronics 5; 电子科技 Electronic Technology 6; 科技 Technology 9
信息技术 Information Technology 4; 智能科技 Intelligent Technology 4; 贸易 Trading 8; 商贸 Commerce and Trade 6
进出口 Import and Export 3; 国际贸易 International Trade 3; 物流 Logistics 4
供应链管理 Supply Chain Management 4; 仓储 Warehousing 1; 包装材料 Packaging Materials 2
包装制品 Packaging Products 2; 印刷 Printing 2; 纸业 Paper 1; 塑料制品 Plastic Products 3; 塑胶 Plastics 3
橡胶制品 Rubber Products 2; 五金制品 Hardware Products 4; 五金 Hardware 3; 模具 Mould 3; 紧固件 Fasteners 1
轴承 Bearings 2; 阀门 Valves 2; 泵业 Pumps 1; 电气 Electric 4; 电器 Electrical Appliances 3; 电缆 Cable 2
照明 Lighting 2; 光电科技 Optoelectronics 2; 新能源 New Energy 3; 新材料 New Materials 4; 化工 Chemicals 3
涂料 Coatings 1; 玻璃 Glass 1; 陶瓷 Ceramics 1; 建材 Building Materials 4; 建筑工程 Construction Engineering 4
装饰工程 Decoration Engineering 3; 消防器材 Fire Equipment 1; 钢结构 Steel Structure 2
金属制品 Metal Products 3; 金属材料 Metal Materials 2; 铝业 Aluminium 1; 汽车零部件 Automotive Parts 4
汽车配件 Auto Parts 3; 汽车销售服务 Auto Sales and Service 2; 医疗器械 Medical Devices 4
生物科技 Biotechnology 4; 药业 Pharmaceutical 2; 食品 Food 4; 农业科技 Agricultural Technology 2; 纺织 Textile 3
服饰 Garments 3; 家具 Furniture 2; 家居用品 Household Products 2; 文化传媒 Culture and Media 3
教育咨询 Education Consulting 2; 企业管理咨询 Business Management Consulting 3
环保科技 Environmental Technology 3; 环保设备 Environmental Equipment 2; 仪器仪表 Instruments 2
测控技术 Measurement and Control 1; 软件 Software 3; 网络科技 Network Technology 4
通信设备 Communication Equipment 2; 安防技术 Security Technology 1; 制冷设备 Refrigeration Equipment 2
起重机械 Lifting Machinery 1; 工程机械 Construction Machinery 2; 日用品 Daily Necessities 1
酒店管理 Hotel Management 1
"""

_FORMS = (
    ("有限公司", 74.0),
    ("有限责任公司", 7.0),
    ("股份有限公司", 5.0),
    ("集团有限公司", 3.0),
    ("厂", 5.0),
    ("合伙企业（有限合伙）", 1.0),
    ("专业合作社", 1.5),
    ("控股有限公司", 1.5),
    ("经营部", 2.0),
)
_SHOP_FORMS = words("商行 经营部 店 门市部 五金店 批发部 加工厂 服务部 超市 餐饮店 维修店 工作室")
_SHOP_TRADES = words(
    "五金 建材 电器 机电 百货 文具 服装 食品 烟酒 汽配 轮胎 灯饰 日杂 水暖 电子 图文 家具 农资 劳保用品 包装"
)
_PUBLIC_BODIES = words(
    "人民医院 中医院 妇幼保健院 疾病预防控制中心 实验小学 第一中学 第二中学 第三中学 职业技术学校 财政局 公安局 "
    "教育局 住房和城乡建设局 城市管理局 交通运输局 水务局 图书馆 文化馆 机关事务管理局 公路管理站 环境卫生管理所 "
    "消防救援大队"
)
_FORM_ENGLISH = {
    "有限公司": "Co., Ltd.",
    "有限责任公司": "Co., Ltd.",
    "股份有限公司": "Corp., Ltd.",
    "集团有限公司": "Group Co., Ltd.",
    "控股有限公司": "Holding Co., Ltd.",
    "厂": "Factory",
}


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A Chinese company name in its registered parts.

    Args:
        region: ``深圳市``, ``广东省`` or empty.
        trade: the trade name 字号.
        industry: the industry word, possibly empty.
        form: the legal form.
        layout: where the region stands: ``first`` in front; ``middle`` in brackets behind the trade name; ``late`` in
            brackets behind the industry.
        unit: what a dependent part adds behind the legal form, e.g. ``苏州分公司``.
    """

    region: str
    trade: str
    industry: str
    form: str
    layout: str = "first"
    unit: str = ""

    @property
    def text(self) -> str:
        """The whole name, with full-width brackets as registered.

        >>> CompanyName("深圳", "恒瑞", "机械", "有限公司", "middle").text
        '恒瑞（深圳）机械有限公司'
        """
        bracketed = f"（{self.region}）" if self.region else ""
        if self.layout == "middle":
            return f"{self.trade}{bracketed}{self.industry}{self.form}{self.unit}"
        if self.layout == "late":
            return f"{self.trade}{self.industry}{bracketed}{self.form}{self.unit}"
        return f"{self.region}{self.trade}{self.industry}{self.form}{self.unit}"

    @property
    def english(self) -> str:
        """The English name such a company gives itself: ``Shenzhen Hengrui Machinery Co., Ltd.``."""
        words = [region_pinyin(self.region), spell(self.trade).capitalize(), industry_english().get(self.industry, "")]
        unit = pinyin(self.unit.strip("－（）").replace("分公司", " branch")).title()
        return " ".join(word for word in (*words, _FORM_ENGLISH.get(self.form, "Co., Ltd."), unit) if word)

    @property
    def in_pinyin(self) -> str:
        """The name in pinyin words, as typed where a system takes no Chinese."""
        written = (region_pinyin(self.region), *map(spell, (self.trade, self.industry, self.form, self.unit)))
        return " ".join(word.capitalize() for word in written if word)


def short_region(region: str) -> str:
    """Drop 市 or 省 from a region.

    >>> short_region("深圳市")
    '深圳'
    """
    return region.removesuffix("市").removesuffix("省")


@lru_cache(maxsize=1000)
def region_pinyin(region: str) -> str:
    """Write a region in pinyin without its class word.

    >>> region_pinyin("深圳市")
    'Shenzhen'
    """
    return pinyin(short_region(region)).capitalize()


@cache
def industry_english() -> dict[str, str]:
    """English of every industry word."""
    return {zh: english for zh, english, _ in _industries()}


def some_trade_name(rng: Random) -> str:
    """Draw a trade name: mostly two characters, a third three, seldom four."""
    length = rng.choices((2, 3, 4), (64, 33, 3))[0]
    return "".join(rng.sample(TRADE_CHARACTERS, length))


def near_trade_name(rng: Random, trade: str) -> str:
    """Change one character of a trade name into another one: a namesake, not a mistake (金证, 金溢)."""
    place = rng.randrange(len(trade))
    other = rng.choice([c for c in TRADE_CHARACTERS if c not in trade])
    return trade[:place] + other + trade[place + 1 :]


def some_company_name(rng: Random, city_short: str, city: str) -> CompanyName:
    """Draw an ordinary company's name in a city.

    Args:
        rng: source of chance.
        city_short: ``深圳``.
        city: ``深圳市``.
    """
    region = city if rng.random() < 0.35 else city_short
    layout = rng.choices(("first", "middle", "late", "none"), (80, 7, 5, 8))[0]
    form = rng.choices([form for form, _ in _FORMS], [weight for _, weight in _FORMS])[0]
    industry = some_industry(rng)
    if layout == "none" or (layout != "first" and form in {"厂", "经营部"}):
        return CompanyName("" if layout == "none" else region, some_trade_name(rng), industry, form)
    if layout != "first":
        region = city_short
    return CompanyName(region, some_trade_name(rng), industry, form, layout)


def some_industry(rng: Random) -> str:
    """Draw an industry word."""
    words = _industries()
    return rng.choices([w[0] for w in words], cum_weights=_industry_weights())[0]


def some_shop_name(rng: Random, city: str, county: str) -> CompanyName:
    """Draw the name of an individual business: ``宝安区旺达五金店``."""
    region = f"{city}{county}" if rng.random() < 0.5 else county or city
    trade = rng.choice(TRADE_CHARACTERS) + "记" if rng.random() < 0.15 else "".join(rng.sample(TRADE_CHARACTERS, 2))
    return CompanyName(region, trade, rng.choice(_SHOP_TRADES), rng.choice(_SHOP_FORMS))


def some_public_body(rng: Random, city: str, county: str) -> str:
    """Draw the name of a hospital, school or authority of a county."""
    if rng.random() < 0.75:
        kind = rng.choice(("小学", "中学", "幼儿园", "社区卫生服务中心", "村民委员会", "社区居民委员会"))
        return f"{city}{county}{''.join(rng.sample(TRADE_CHARACTERS, 2))}{kind}"
    return f"{city}{county}{rng.choice(_PUBLIC_BODIES)}"


@cache
def _industries() -> tuple[tuple[str, str, int], ...]:
    return tuple((zh, " ".join(english), int(weight)) for zh, *english, weight in rows(_INDUSTRIES))


@cache
def _industry_weights() -> list[int]:
    return list(accumulate(weight for _, _, weight in _industries()))
