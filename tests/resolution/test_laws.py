"""The laws of matching, on the cases that customer data is full of."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.canonical import Kind

CODE = "914403055812182182"
OTHER_CODE = "91310115434272812K"
PHONE = "+8675526988888"
EMAIL = "sales@huaqiang.com.cn"
ADDRESS = "广东省深圳市南山区科技路18号"


@pytest.mark.parametrize(
    "disguise",
    [
        "深圳市华强电子有限公司",
        "深圳市華強電子有限公司",
        "深圳市华强电子有限责任公司",
        "华强电子有限公司",
        "华强电子（深圳）有限公司",
        "深圳华强电子",
        "华强电子",
    ],
)
@pytest.mark.parametrize("shared", [{"code": CODE}, {"phone": PHONE}, {"email": EMAIL}, {"address": ADDRESS}])
def test_a_disguised_name_with_one_proof_is_the_same_party(
    judge: Any, party: Any, disguise: str, shared: dict[str, str]
) -> None:
    assert judge(party("深圳市华强电子有限公司", **shared), party(disguise, **shared)).band == "match"


@pytest.mark.parametrize("name", ["深圳市华强电子有限公司", "中国石油天然气股份有限公司", "王伟"])
def test_a_name_alone_never_merges(judge: Any, party: Any, name: str) -> None:
    kind = Kind.PERSON if name == "王伟" else Kind.ORGANISATION
    score = judge(party(name, kind=kind), party(name, kind=kind))
    assert score.band != "match"
    assert score.evidence == ()


@pytest.mark.parametrize("address", ["", "上海市浦东新区科技路18号"])
def test_the_name_alone_never_merges_even_with_a_contact_person_of_the_same_name(
    judge: Any, party: Any, address: str
) -> None:
    a = party("华强电子有限公司", contact="王建国", address=ADDRESS)
    assert judge(a, party("华强电子有限公司", contact="王建国", address=address)).band == "review"


def test_the_same_contact_person_in_one_city_is_a_proof_beside_the_name(judge: Any, party: Any) -> None:
    a = party("深圳市华强电子有限公司", contact="王建国", address=ADDRESS)
    b = party("华强", contact="王建国经理", address="广东省深圳市宝安区前进路66号")
    assert judge(a, b).evidence == ("contact_same",)
    assert judge(a, b).band == "match"
    assert judge(a, b, holders=100).band != "match", "many persons are called so"


@pytest.mark.parametrize(
    ("b", "address", "band"),
    [
        ("深圳华强电子", "广东省深圳市宝安区前进路66号", "match"),
        ("华强电子有限公司", "深圳市宝安区", "match"),
        ("华强电子有限公司", "No. 66 Qianjin Road, Shenzhen, Guangdong", "match"),
        ("华强", "广东省深圳市宝安区前进路66号", "review"),
        ("深圳市华墙电子有限公司", "广东省深圳市宝安区前进路66号", "review"),
        ("华强集团有限公司", "广东省深圳市宝安区前进路66号", "review"),
        ("华强电子有限公司", "广东省广州市天河区前进路66号", "review"),
        ("华强电子有限公司", "", "review"),
    ],
)
def test_within_a_city_a_name_stands_for_one_company_of_its_business(
    judge: Any, party: Any, b: str, address: str, band: str
) -> None:
    assert judge(party("深圳市华强电子有限公司", address=ADDRESS), party(b, address=address)).band == band


def test_a_city_is_not_enough_if_the_numbers_differ(judge: Any, party: Any) -> None:
    a = party("深圳市华强电子有限公司", code=CODE, address=ADDRESS)
    assert judge(a, party("深圳市华强电子有限公司", code=OTHER_CODE, address="深圳市宝安区")).band == "different"


def test_a_mail_domain_in_another_city_may_be_a_sister_company(judge: Any, party: Any) -> None:
    a = party("华强电子有限公司", email="li@huaqiang.com.cn", address=ADDRESS)
    b = party("华强电子有限公司", email="sales@huaqiang.com.cn", address="上海市浦东新区科技路18号")
    assert judge(a, b).band == "review"


def test_records_made_to_try_something_out_are_nobody(judge: Any, party: Any) -> None:
    trial = party("测试001请勿使用", address=ADDRESS)
    assert judge(trial, trial).band != "match"


def test_two_valid_codes_are_two_parties_whatever_else_agrees(judge: Any, party: Any) -> None:
    same = {"phone": PHONE, "email": EMAIL, "address": ADDRESS}
    a = party("深圳市华强电子有限公司", code=CODE, **same)
    b = party("深圳市华强电子有限公司", code=OTHER_CODE, **same)
    score = judge(a, b)
    assert score.band == "different"
    assert "different valid registration numbers" in score.sentence


def test_the_old_tax_number_is_the_code_it_became_part_of(judge: Any, party: Any) -> None:
    a = party("深圳市华强电子有限公司", code=CODE)
    b = party("华强电子", code=CODE[2:17])
    score = judge(a, b)
    assert (score.band, score.evidence) == ("match", ("identifier_equal",))


@pytest.mark.parametrize("damaged", ["914403055812182000", "914403055812182183", "914403055821182182"])
def test_a_damaged_code_is_a_proof_but_no_contradiction(judge: Any, party: Any, damaged: str) -> None:
    a = party("深圳市华强电子有限公司", code=CODE, phone=PHONE)
    b = party("深圳市华强电子有限公司", damaged=damaged, phone=PHONE)
    score = judge(a, b)
    assert score.band == "match"
    assert "identifier_near" in score.evidence


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("深圳市华强电子有限公司", "深圳市华强电子有限公司广州分公司"),
        ("深圳市华强电子有限公司上海分公司", "深圳市华强电子有限公司广州分公司"),
        ("中国工商银行股份有限公司", "中国工商银行股份有限公司深圳南山支行"),
    ],
)
def test_a_branch_with_its_parents_code_is_related_and_not_the_same(judge: Any, party: Any, a: str, b: str) -> None:
    score = judge(party(a, code=CODE, phone=PHONE), party(b, code=CODE, phone=PHONE))
    assert score.band == "related"


def test_a_code_alone_does_not_join_two_different_names(judge: Any, party: Any) -> None:
    score = judge(party("深圳市华强电子有限公司", code=CODE), party("广州市金溢机械有限公司", code=CODE))
    assert score.band == "related"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("深圳市金证科技有限公司", "深圳市金溢科技有限公司"),
        ("河南昌建贸易有限公司", "河南昌健贸易有限公司"),
        ("深圳市华强电子有限公司", "深圳市恒通物流有限公司"),
        ("苏州丰泰产业园有限公司", "无锡丰泰产业园有限公司"),
        ("陕西国际信托有限公司", "山东国际信托有限公司"),
    ],
)
@pytest.mark.parametrize("shared", [{"phone": PHONE}, {"address": ADDRESS}, {"email": "agent@daiban.cn"}])
@pytest.mark.parametrize("holders", [2, 30, 10_000])
def test_neighbours_that_share_an_agent_are_not_merged(
    judge: Any, party: Any, a: str, b: str, shared: dict[str, str], holders: int
) -> None:
    assert judge(party(a, **shared), party(b, **shared), holders).band != "match"


def test_a_homophone_needs_a_second_proof(judge: Any, party: Any) -> None:
    a, b = "河南昌建贸易有限公司", "河南昌健贸易有限公司"
    assert judge(party(a, phone=PHONE), party(b, phone=PHONE)).band == "review"
    assert judge(party(a, phone=PHONE, email=EMAIL), party(b, phone=PHONE, email=EMAIL)).band == "match"


def test_a_mail_domain_in_pinyin_does_not_tell_homophones_apart(judge: Any, party: Any) -> None:
    a = party("苏州科凯铝业有限公司", address=ADDRESS, email="purchase@kekai.com")
    assert judge(a, party("苏州科揩铝业有限公司", address=ADDRESS, email="wang@kekai.com")).band == "review"


def test_a_translated_name_in_another_city_may_be_a_branch_with_its_parents_code(judge: Any, party: Any) -> None:
    a = party("重庆信庆机电设备有限公司", code=CODE, address="重庆市渝北区天山路15号")
    here, there = "重庆市渝北区建设路2号", "西藏自治区拉萨市城关区长安街1255号"
    english = "Faithjoy Electromechanical Co., Ltd."
    assert judge(a, party(english, code=CODE, address=here)).band == "match"
    assert judge(a, party(english, code=CODE, address=there)).band == "review"


def test_a_group_is_not_merged_with_its_company_on_a_shared_switchboard(judge: Any, party: Any) -> None:
    a = party("华强集团有限公司", phone=PHONE, address=ADDRESS)
    b = party("华强有限公司", phone=PHONE, address=ADDRESS)
    assert judge(a, b).band in ("review", "related")


def test_a_phone_that_everybody_has_proves_nothing(judge: Any, party: Any) -> None:
    a, b = party("深圳市华强电子有限公司", phone=PHONE), party("华强电子", phone=PHONE)
    assert judge(a, b, holders=2).band == "match"
    assert judge(a, b, holders=500).band != "match"


def test_a_placeholder_is_missing(judge: Any, party: Any) -> None:
    filler = {"phone": "+8613800138000", "email": "test@test.com", "address": "无"}
    score = judge(party("深圳市华强电子有限公司", **filler), party("深圳市华强电子有限公司", **filler))
    assert score.band != "match"
    assert not {"phone_rare", "address_rare"} & set(score.evidence)


def test_two_persons_of_one_name_need_something_personal(judge: Any, party: Any) -> None:
    def person(**shared: str) -> Any:
        return party("王伟", kind=Kind.PERSON, **shared)

    assert judge(person(address=ADDRESS), person(address="广东省深圳市南山区")).band == "review"
    assert judge(person(address=ADDRESS), person(address=ADDRESS), holders=100).band == "review"
    assert judge(person(address=ADDRESS), person(address=ADDRESS)).band == "match", "few are in this house"
    assert judge(person(phone="+8613912345678"), person(phone="+8613912345678")).band == "match"


def test_a_surname_with_a_title_is_no_name(judge: Any, party: Any) -> None:
    a = party("王总", kind=Kind.PERSON, phone="+8613912345678")
    b = party("王伟", kind=Kind.PERSON, phone="+8613912345678")
    assert judge(a, b).band != "match"


def test_an_english_name_is_joined_by_the_code_alone(judge: Any, party: Any) -> None:
    a = party("深圳市华强电子有限公司", code=CODE)
    b = party("Huaqiang Electronics Co., Ltd.", code=CODE)
    assert judge(a, b).band == "match"


def test_parties_of_different_kinds_are_never_compared(judge: Any, party: Any) -> None:
    with pytest.raises(ValueError, match="different kinds never match"):
        judge(party("王伟", kind=Kind.PERSON), party("王伟"))


def test_an_english_name_in_common_does_not_hide_that_the_chinese_names_differ(judge: Any, party: Any) -> None:
    english = "Ningbo Shunyan International Trade Co., Ltd."
    a = party("宁波顺燕国际贸易有限公司", english, address="浙江省宁波市宁海县步行街569号")
    b = party("宁波瞬燕国际贸易有限公司", english, address="浙江省宁波市宁海县步行街569号")
    assert judge(a, b).band == "review"


@pytest.mark.parametrize(
    "unit",
    [
        "职工食堂",
        "二号仓库",
        "收货点。",
        "物流中心*",
        "物流仲心",
        "技术心",
        "维修服务部/现款",
        "佛山分公司的客户",
        "－单一资金信托",
        "员工持股计划",
        "员工持股计花",
        "（三水厂区）",
        "工会委员会",
    ],
)
def test_a_unit_that_stands_behind_the_name_is_not_the_company(judge: Any, party: Any, unit: str) -> None:
    a = party("佛山市利巨铭橡胶制品有限公司", code=CODE, phone=PHONE)
    b = party(f"佛山市利巨铭橡胶制品有限公司{unit}", code=CODE, phone=PHONE)
    assert judge(a, b).band == "related"


@pytest.mark.parametrize(
    "unit",
    [
        "Wuxi Jieyuan Environmental Co., Ltd. Bengbu Branch",
        "ＷＵＸＩ ＪＩＥＹＵＡＮ ＣＯ．， ＬＴＤ． ＢＥＮＧＢＵ ＢＲＡＮＣＨ",
        "Wuxi Jieyuan Huanbaoshebei Youxiangongsi （binhuchangqu）",
        "Jieyuan Environmental Factory Weixiufuwubu",
    ],
)
def test_a_unit_in_latin_letters_is_a_unit_too(judge: Any, party: Any, unit: str) -> None:
    a = party("无锡市杰元环保设备有限公司", code=CODE, address=ADDRESS)
    assert judge(a, party(unit, code=CODE, address=ADDRESS)).band == "related"


@pytest.mark.parametrize("shared", [{"phone": PHONE}, {"address": ADDRESS}, {"email": EMAIL}])
def test_a_name_in_pinyin_needs_a_proof_that_homophones_do_not_share(
    judge: Any, party: Any, shared: dict[str, str]
) -> None:
    chinese, english = "深圳遵康宝商贸有限公司", "SHENZHEN ZUNKANGBAO COMMERCE AND TRADE CO., LTD."
    assert judge(party(chinese, **shared), party(english, **shared)).band == "match"
    domain = party(chinese, email="li@zunkangbao.com", address="深圳市宝安区")
    assert judge(domain, party(english, email="wu@zunkangbao.com", address="深圳市南山区")).band == "review"


def test_a_renamed_company_keeps_its_code_and_another_proof(judge: Any, party: Any) -> None:
    a, b = "上海银宏金属制品有限公司", "上海业众派金属制品有限公司"
    assert judge(party(a, code=CODE), party(b, code=CODE)).band == "related"
    assert judge(party(a, code=CODE, phone=PHONE), party(b, code=CODE, phone=PHONE)).band == "match"
    assert judge(party(a, phone=PHONE), party(b, phone=PHONE)).band == "different"
    both = {"email": EMAIL, "address": ADDRESS}
    assert judge(party(a, **both), party(b, **both)).band == "match"


def test_one_code_and_one_trade_name_in_one_region_are_one_party_however_the_business_is_called(
    judge: Any, party: Any
) -> None:
    a = party("绍兴市德浩医疗器械发展有限公司", code=CODE, phone=PHONE)
    assert judge(a, party("绍兴市德浩商贸工业有限公司", code=CODE)).band == "match"
    assert judge(a, party("绍兴市德浩商贸工业有限公司", phone=PHONE)).band == "review"


def test_a_trade_name_alone_is_what_a_group_of_companies_shares(judge: Any, party: Any) -> None:
    a, b = party("富同", address=ADDRESS), party("富同机械（上海）有限公司", address=ADDRESS)
    assert judge(a, b).band == "match"
    assert judge(a, b, holders=100).band != "match"
    assert judge(a, party("富同集团有限公司", address=ADDRESS)).band == "review"
    assert judge(party("富同", email="a@futong.cn"), party("富同机械有限公司", email="b@futong.cn")).band == "review"
    assert judge(party("富同", address=ADDRESS), party("富同", address="深圳市宝安区")).band == "review"
