"""Company names taken apart: every kind of variation seen in real pairs of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.company_names import parse_company, trade_name_split

PLAIN = "深圳市华强电子科技有限公司"


@pytest.mark.parametrize(
    "variant",
    [
        "深圳市华强电子科技有限责任公司",
        "深圳市华强电子科技责任有限公司",
        "深圳市华强电子科技有限责任有限公司",
        "深圳市华强电子科技责任责任有限公司",
        "深圳市华强电子科技有有限公司",
        "深圳市华强电子科技有限公",
        "深圳市华强电子科技有限责公司任",
        "深圳市华强电子科技有限司公",
        "深圳市华强电子科技",
        "深圳华强电子科技有限公司",
        "广东深圳华强电子科技有限公司",
        "广东省深圳市华强电子科技有限公司",
        "华强电子科技有限公司",
        "华强电子科技（深圳）有限公司",
        "华强（深圳）电子科技有限公司",
        "（深圳）华强电子科技有限公司",
        "华强电子科技深圳有限公司",
        "深圳市華強電子科技有限公司",
        "深圳市 华强电子科技 有限公司",
        "深圳市华强电子科技股份有限公司",
        "深圳市华强电子科技有限公司深圳市华强电子科技有限公司",
        "深圳市华强电子科技有限公司/深圳市华强电子科技有限公司",
        "深圳市华强电子科技有限公司的客户",
        "深圳市华强电子科技有限公司（已更名）",
        "深圳市华强电子科技有限公司（请先款后货）",
        "深圳市华强电子科技有限公司/现款",
        "深圳市华强电子科技有限公司张三",
        "深圳市华强电子科技有限公司王经理",
        "深圳市华强电子科技有限公司深圳市华强",
    ],
)
def test_variants_of_one_name_have_one_core(variant: str) -> None:
    name = parse_company(variant)
    assert name.core == parse_company(PLAIN).core == "华强电子科技"
    assert (name.trade_name, name.industry) == ("华强", "电子科技")
    assert name.region_code in {"440300", ""}
    assert name.unit == ""


@pytest.mark.parametrize(
    ("text", "legal_form"),
    [
        (PLAIN, "limited"),
        ("江苏阳光股份有限公司", "limited_by_shares"),
        ("江苏阳光股份", "limited_by_shares"),
        ("申港证券股份有限责任公司", "limited_by_shares"),
        ("宁波博远股权投资合伙企业（有限合伙）", "partnership"),
        ("大信会计师事务所（特殊普通合伙）", "partnership"),
        ("福永华强五金经营部（个体工商户）", "individual"),
        ("坪地华强农民专业合作社", "cooperative"),
        ("上海机床厂", "factory"),
        ("小米集团", "group"),
        ("国有公司", "company"),
        ("信任有限公司", "limited"),
        ("株式会社日立製作所", "kk"),
        ("삼성전자 주식회사", "kr_stock_company"),
        ("Siemens AG", "ag"),
        ("Müller GmbH & Co. KG", "kg"),
        ("Müller GmbH u. Co. KG", "kg"),
        ("Muster G.m.b.H.", ""),
        ("Apple Inc.", "inc"),
        ("Foo L.L.C.", "llc"),
        ("Société Générale S.A.", "sa"),
        ("Boulangerie SARL", "sarl"),
        ("ООО Ромашка", "ooo"),
        ("Grab Pte. Ltd.", "ltd"),
    ],
)
def test_legal_forms_are_classes(text: str, legal_form: str) -> None:
    assert parse_company(text).legal_form == legal_form


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("沙河实业股份有限公司", "沙河实业"),
        ("宝塔实业股份有限公司", "宝塔实业"),
        ("天元实业有限公司", "天元实业"),
        ("上海机床厂", "上海机床厂"),
        ("南京大学", "南京大学"),
        ("重庆银行股份有限公司", "重庆银行"),
        ("广州农村商业银行股份有限公司", "广州农村商业银行"),
        ("湘潭市污水处理有限公司", "湘潭污水处理"),
        ("信任有限公司", "信任"),
        ("国有公司", "国有"),
        ("东方财富信息股份有限公司", "东方财富信息"),
    ],
)
def test_a_place_may_be_the_trade_name(text: str, core: str) -> None:
    assert parse_company(text).core == core


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        (PLAIN + "深圳分公司", "深圳分公司", "branch"),
        ("中国移动深圳分公司", "深圳分公司", "branch"),
        ("中国工商银行诸暨支行", "诸暨支行", "branch"),
        ("中国工商银行股份有限公司诸暨市支行", "诸暨支行", "branch"),
        ("中国光大银行和平支行", "和平支行", "branch"),
        (PLAIN + "营业部", "营业部", "branch"),
        ("华为深圳办事处", "深圳办事处", "office"),
        (PLAIN + "第二工厂", "第二工厂", "plant"),
        (PLAIN + "南山门店", "南山门店", "outlet"),
        (PLAIN + "工会委员会", "工会委员会", "union"),
        (PLAIN + "-聚宝1号信托计划", "聚宝1号信托计划", "account"),
        (PLAIN + "质押专户", "质押专户", "account"),
        (PLAIN + "二号仓库", "二号仓库", "site"),
        (PLAIN + "收货点。", "收货点", "site"),
        (PLAIN + "物流中心*", "物流中心", "site"),
        (PLAIN + "职工食堂", "职工食堂", "department"),
        (PLAIN + "维修服务部/现款", "维修服务部", "department"),
        (PLAIN + "（三水厂区）。", "三水厂区", "plant"),
        (PLAIN + "佛山分公司的客户", "佛山分公司", "branch"),
        (PLAIN + "员工持股计划", "员工持股计划", "account"),
        (PLAIN + "物流仲心", "物流仲心", "other"),
        (PLAIN + "员工持股计花", "员工持股计花", "other"),
        ("苏州市仕伟电子公司姑苏工厂", "姑苏工厂", "plant"),
        ("华强电子厂维修服务部", "维修服务部", "department"),
        ("华强电子集团二号仓库", "二号仓库", "site"),
        ("Shenzhen Huaqiang Co., Ltd. Chengdu Branch", "chengdubranch", "branch"),
        ("ＨＵＡＱＩＡＮＧ ＣＯ．， ＬＴＤ． ＣＨＥＮＧＤＵ ＢＲＡＮＣＨ", "chengdubranch", "branch"),
        ("Huaqiang Dianzi Youxiangongsi （yuhuanchangqu）", "yuhuanchangqu", "plant"),
        ("Huaqiang Trading Factory Weixiufuwubu", "weixiufuwubu", "department"),
        ("Bosch Rexroth Co., Ltd. Changzhou", "", ""),
        ("Park Electronic Technology GmbH u. Co. K", "", ""),
        ("Toyota Motor Corporation Australia Limited", "", ""),
        (PLAIN, "", ""),
        (PLAIN + "及其下属子公司", "", ""),
        (PLAIN + "（有限合", "", ""),
        ("深圳市平安工厂店", "", ""),
    ],
)
def test_units_stay_apart_from_their_company(text: str, unit: str, kind: str) -> None:
    name = parse_company(text)
    assert (name.unit, name.unit_kind) == (unit, kind)


@pytest.mark.parametrize(
    ("text", "region_code"),
    [
        ("深圳市南山区华强电子厂", "440305"),
        ("浙江义乌华强商贸有限公司", "330782"),
        ("昆山华强模具有限公司", "320583"),
        ("绍兴上虞华强化工有限公司", "330604"),
        ("上虞市华强化工有限公司", "330604"),
        ("香港東風集團有限公司", "810000"),
        ("中国平安保险有限公司", ""),
        ("朝阳区华强商店", ""),
        ("Shenzhen Huaqiang Electronics Co., Ltd", "440300"),
        ("Bosch Rexroth (Changzhou) Co., Ltd.", "320400"),
        ("Xi'an Aero Engine Co.", "610100"),
        ("Suzhou Huaqiang Co., Ltd.", ""),
    ],
)
def test_regions_have_codes(text: str, region_code: str) -> None:
    code = parse_company(text).region_code
    assert code[:4] == region_code[:4]


@pytest.mark.parametrize(
    "text",
    ["华润（集团）有限公司", "华润集团有限公司", "华润控股集团有限公司", "华润集团控股有限公司", "Haier Group Corp."],
)
def test_groups_are_flagged_and_left_out_of_the_core(text: str) -> None:
    name = parse_company(text)
    assert name.is_group
    assert name.core in {"华润", "haier"}


@pytest.mark.parametrize(
    ("text", "core", "region"),
    [
        ("新加坡华昌船务有限公司", "华昌船务", "新加坡"),
        ("新奥（新加坡）贸易有限公司", "新奥贸易", "新加坡"),
        ("日本电产（大连）有限公司", "电产", "大连"),
        ("墨西哥信息技术有限公司", "墨西哥信息技术", ""),
    ],
)
def test_a_country_is_a_region(text: str, core: str, region: str) -> None:
    name = parse_company(text)
    assert name.core == core
    assert region in name.region


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("*ST西发", "西发"),
        ("ST国安", "国安"),
        ("万科A", "万科"),
        ("深中华B", "深中华"),
        ("小米集团-W", "小米"),
        ("TCL科技", "tcl科技"),
        ("STX造船有限公司", "stx造船"),
    ],
)
def test_marks_of_a_stock_exchange_are_no_part_of_a_short_name(text: str, core: str) -> None:
    assert parse_company(text).core == core


@pytest.mark.parametrize(
    ("text", "core", "remark"),
    [
        ("兰庆宝国际的客户", "兰庆宝国际", "的客户"),
        ("琦佳自动化及其下属子公司", "琦佳自动化", "及其下属子公司"),
        ("华强电子/现款", "华强电子", "现款"),
        ("Vogel Plastics Corp./现款", "vogelplastics", "现款"),
        ("Vogel Plastics Corp.的客户", "vogelplastics", "的客户"),
    ],
)
def test_remarks_are_read_without_a_legal_form(text: str, core: str, remark: str) -> None:
    name = parse_company(text)
    assert (name.core, name.remark) == (core, remark)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Société Générale S.A.", ("societe", "generale")),
        ("I.B.M. Deutschland GmbH", ("ibm", "deutschland")),
        ("children?s place association", ("childrens", "place", "association")),
        ("Shenzhen Huaqiang Electronics Co., Ltd. Chengdu Branch", ("huaqiang", "electronics", "chengdu", "branch")),
        (PLAIN, ()),
    ],
)
def test_names_in_latin_letters_have_words(text: str, words: tuple[str, ...]) -> None:
    assert parse_company(text).words == words


def test_near_namesakes_keep_their_difference() -> None:
    cores = {
        parse_company(f"深圳市{trade}科技有限公司").core for trade in ("金证", "金溢", "昌建", "昌健", "搏天", "博天")
    }
    assert len(cores) == 6
    assert (
        parse_company("丰泰产业园（苏州）有限公司").region_code
        != parse_company("丰泰产业园（无锡）有限公司").region_code
    )


def test_trade_name_and_industry() -> None:
    assert trade_name_split("海康威视数字技术") == ("海康威视", "数字技术")
    assert trade_name_split("贸易") == ("贸易", "")


@given(st.text(st.sampled_from("深圳市华强电子科技有限责任公司（集团）控股-ABC分支行厂店中国东方股份 "), max_size=25))
def test_any_name_parses_and_its_core_is_part_of_it(text: str) -> None:
    name = parse_company(text)
    assert name.core == name.trade_name + name.industry
    assert (name.unit == "") == (name.unit_kind == "")
    assert parse_company(name.text) == name


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    parse_company(text)


def test_a_region_in_pinyin_that_several_provinces_have_is_still_no_part_of_the_core() -> None:
    assert parse_company("Taizhou Huaqiang Electronics Co., Ltd.").core == "huaqiangelectronics"
