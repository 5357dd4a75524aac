"""Names of companies as an attribute of resolution: what meets, how well it agrees, what stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.resolution.attributes.company import COMPANY
from customer_master.resolution.attributes.company_features import CompanyFeatures, CompanyLevel

PLAIN = "深圳市华强电子科技有限公司"


def read(text: str) -> CompanyFeatures:
    value = COMPANY.read(text)
    assert value is not None
    return value


def level(left: str, right: str) -> CompanyLevel:
    return CompanyLevel(COMPANY.compare([read(left)], [read(right)]).levels[0])


def similarity(left: str, right: str) -> float:
    return float(COMPANY.compare([read(left)], [read(right)]).similarity[0])


def meet(left: str, right: str) -> bool:
    return not set(COMPANY.keys(read(left))).isdisjoint(COMPANY.keys(read(right)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (PLAIN, "深圳華強電子科技（集团）有限責任公司", CompanyLevel.CORE),
        (PLAIN, "深圳華強電子科技 股份有限公司", CompanyLevel.EXACT),
        (PLAIN, "华强（深圳）电子科技有限公司", CompanyLevel.EXACT),
        (PLAIN, "华强电子科技", CompanyLevel.CORE),
        (PLAIN, "广东深圳华强电子科技有限公司", CompanyLevel.CORE),
        (PLAIN, "深圳市华强科技电子有限公司", CompanyLevel.SHORT),
        (PLAIN, "深圳市华强电子有限公司", CompanyLevel.SHORT),
        (PLAIN, "深圳市华强碘子科技有限公司", CompanyLevel.SHORT),
        (PLAIN, "深圳华强", CompanyLevel.ABBREVIATED),
        (PLAIN, "深圳市华强餐饮管理有限公司", CompanyLevel.SAME_TRADE),
        (PLAIN, "上海华强电子科技有限公司", CompanyLevel.SAME_TRADE),
        (PLAIN, "深圳市华墙电子科技有限公司", CompanyLevel.SOUND),
        (PLAIN, "深圳市华强电子科技有限公司苏州分公司", CompanyLevel.RELATED),
        (PLAIN + "苏州分公司", PLAIN + "无锡分公司", CompanyLevel.RELATED),
        (PLAIN, "深圳市金溢电子科技有限公司", CompanyLevel.DIFFERENT),
        ("深圳市长虹贸易有限公司", "深圳市常红贸易有限公司", CompanyLevel.SOUND),
        ("沐阳国信阳光电力有限公司", "沭阳国信阳光电力有限公司", CompanyLevel.SIMILAR),
        ("中石化", "中国石油化工股份有限公司", CompanyLevel.ABBREVIATED),
        ("万科A", "万科企业股份有限公司", CompanyLevel.ABBREVIATED),
        ("新奥（新加坡）贸易有限公司", "新奥（上海）贸易有限公司", CompanyLevel.SAME_TRADE),
        ("顺济五金商行", "顺济五金经营部", CompanyLevel.SHORT),
        (PLAIN, "Shenzhen Huaqiang Electronics Co., Ltd.", CompanyLevel.SOUND),
        (PLAIN, "Huaqiang Dianzi Keji Youxiangongsi", CompanyLevel.SOUND),
        (PLAIN, "Siemens AG", CompanyLevel.MISSING),
        ("AEON信贷财务（亚洲）有限公司", "Aeon Credit Service", CompanyLevel.SOUND),
    ],
)
def test_chinese_names_have_levels(left: str, right: str, expected: CompanyLevel) -> None:
    assert level(left, right) is level(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Müller GmbH & Co. KG", "Muller", CompanyLevel.EXACT),
        ("The Salvation Army", "Salvation Army, Inc.", CompanyLevel.CORE),
        ("Army Salvation", "Salvation Army", CompanyLevel.CORE),
        ("Chicago Commons Paulofreire", "chicago commons - paulo freire", CompanyLevel.EXACT),
        ("Commons Paulofreire Chicago", "chicago commons - paulo freire", CompanyLevel.SHORT),
        ("precious little one's learning center, inc.", "precious little ones learning ctr", CompanyLevel.SHORT),
        ("Salvation Army - Temple", "Salvation Army", CompanyLevel.ABBREVIATED),
        ("Teddy Bear Nursery 3", "Teddy Bear Nursery 5", CompanyLevel.RELATED),
        ("Acme Tools Co., Ltd. Leeds Branch", "Acme Tools Co., Ltd.", CompanyLevel.RELATED),
        ("Apex Capital Partners", "Zenith Capital Partners", CompanyLevel.DIFFERENT),
        ("I.B.M. Corporation", "IBM Corp.", CompanyLevel.EXACT),
    ],
)
def test_latin_names_are_compared_word_by_word(left: str, right: str, expected: CompanyLevel) -> None:
    assert level(left, right) is level(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (PLAIN, "华强"),
        (PLAIN, "深圳市化强电子有限公司"),
        (PLAIN, "Huaqiang Electronics"),
        ("重庆长虹", "重庆常红贸易有限公司"),
        ("中石化", "中国石油化工股份有限公司"),
        ("中集集团", "中国国际海运集装箱（集团）股份有限公司"),
        ("河化股份", "广西河池化工股份有限公司"),
        ("Phillips Lighting", "Filips Lightning"),
        ("Kellogg", "Kpllogg"),
        ("Boys and Girls Clubs of Chicago", "Chicago Boys & Girls Club"),
        ("International Business Machines", "I.B.M."),
    ],
)
def test_names_that_may_be_one_share_a_key(left: str, right: str) -> None:
    assert meet(left, right)


def test_few_keys_are_made() -> None:
    assert len(list(COMPANY.keys(read("中国第一重型机械集团大连核电石化装备制造有限公司")))) <= 40
    assert len(list(COMPANY.keys(read("Easter Seals Society of Metropolitan Chicago Learning Center")))) <= 25


def test_the_similarity_ranks_by_what_a_reader_would_believe() -> None:
    ranked = [
        "深圳华强电子科技有限责任公司",
        "华强电子科技有限公司",
        "深圳市华强电子有限公司",
        "深圳市华墙电子科技有限公司",
        "深圳市华强餐饮管理有限公司",
        "上海华强电子科技有限公司",
        "深圳市华强电子科技有限公司苏州分公司",
    ]
    values = [similarity(PLAIN, other) for other in ranked]
    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0
    assert values[3] < 0.75


def test_a_branch_is_never_as_near_as_a_misspelt_name() -> None:
    head, branch = "招商银行股份有限公司", "招商银行股份有限公司宁波江东支行"
    assert similarity(head, branch) < 0.5 < similarity("招商银行宁波江东支行", branch)
    assert similarity("中国工商银行诸暨市支行", "中国工商银行股份有限公司诸暨支行") == 1.0


def test_pinyin_of_two_chinese_names_is_less_than_the_same_name() -> None:
    english = "Shenzhen Huaqiang Electronics Co., Ltd."
    assert level(english, "SHENZHEN HUAQIANG ELECTRONICS CO LTD") is CompanyLevel.SOUND


@pytest.mark.parametrize("text", ["", "暂无", "N/A", "测试", "---", "12345", "散户"])
def test_what_says_nothing_is_not_read(text: str) -> None:
    assert COMPANY.read(text) is None


_NAMES = st.one_of(
    st.text(st.sampled_from("深圳上海市华强长虹电子科技贸易有限公司集团（）分支行ABC "), min_size=1, max_size=18),
    st.lists(
        st.sampled_from(["salvation", "army", "the", "chicago", "center", "temple's", "i", "ii", "3", "ltd", "branch"]),
        min_size=1,
        max_size=6,
    ).map(" ".join),
)


@given(_NAMES, _NAMES)
def test_laws_of_comparison(left: str, right: str) -> None:
    a, b = COMPANY.read(left), COMPANY.read(right)
    if a is None or b is None:
        return
    there, back, own = COMPANY.compare([a], [b]), COMPANY.compare([b], [a]), COMPANY.compare([a], [a])
    assert there.levels.tolist() == back.levels.tolist()
    assert there.similarity.tolist() == back.similarity.tolist()
    assert 0 <= there.similarity[0] <= 1
    assert own.levels[0] in {CompanyLevel.EXACT, CompanyLevel.SOUND}
    if there.levels[0] == CompanyLevel.EXACT:
        assert COMPANY.term(a) == COMPANY.term(b)
        assert there.similarity[0] == 1
    assert list(COMPANY.keys(a))


@given(st.text(max_size=30))
def test_any_text_is_read_or_left_out(text: str) -> None:
    value = COMPANY.read(text)
    if value is not None:
        assert all(COMPANY.keys(value))
        COMPANY.compare([value], [read(PLAIN)])
