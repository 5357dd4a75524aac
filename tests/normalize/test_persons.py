"""Names of persons: titles, incomplete names, order of Latin names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.person_names import looks_like_person, parse_person, person_reading


@pytest.mark.parametrize(
    ("text", "family", "given", "complete"),
    [
        ("王总", "王", "", False),
        ("李工", "李", "", False),
        ("李建工", "李", "建工", True),
        ("张三先生", "张", "三", True),
        ("欧阳娜娜", "欧阳", "娜娜", True),
        ("司马老师", "司马", "", False),
        ("老王", "王", "", False),
        ("小李", "李", "", False),
        ("财务王敏", "王", "敏", True),
        ("王敏（财务）", "王", "敏", True),
        ("王小明13812345679", "王", "小明", True),
        ("采购部 陈小姐", "陈", "", False),
        ("王伟总经理", "王", "伟", True),
        ("阿卜杜拉·买买提", "", "阿卜杜拉·买买提", True),
        ("陳大文", "陳", "大文", True),
        ("Mr. Wang Wei", "Wang", "Wei", True),
        ("WANG Wei", "WANG", "Wei", True),
        ("Wei WANG", "WANG", "Wei", True),
        ("Wei, Wang", "Wei", "Wang", True),
        ("W. Wang", "Wang", "W.", False),
        ("Wang", "Wang", "", False),
        ("Dr. Klaus Müller", "Müller", "Klaus", True),
        ("Dr. med. Klaus Müller", "Müller", "Klaus", True),
        ("Mr.Wang", "Wang", "", False),
        ("Mr. John A. Smith Jr.", "Smith", "John A.", True),
        ("Smith, John A.", "Smith", "John A.", True),
        ("van der Berg, Jan", "van der Berg", "Jan", True),
        ("Jan van der Berg", "van der Berg", "Jan", True),
        ("Di Wang", "Wang", "Di", True),
        ("李娜 Li Na", "李", "娜", True),
        ("Li Na 李娜", "李", "娜", True),
        ("王先生 Mr Wang", "王", "", False),
        ("赵sir", "赵", "", False),
        ("李四女士/财务", "李", "四", True),
        ("张三/李四", "", "", False),
        ("刘备收", "刘", "备", True),
        ("沈女士收", "沈", "", False),
        ("TCL王牌", "", "", False),
        ("测试", "", "", False),
        ("无", "", "", False),
        ("", "", "", False),
    ],
)
def test_names_as_people_write_them(text: str, family: str, given: str, complete: bool) -> None:
    name = parse_person(text)
    assert (name.family, name.given, name.complete) == (family, given, complete)


@pytest.mark.parametrize("text", ["王小明", "欧阳娜娜", "李娜"])
def test_a_person_in_the_company_field_is_seen(text: str) -> None:
    assert looks_like_person(text)


@pytest.mark.parametrize(
    "text", ["金蝶软件", "王总", "华强公司", "深圳市华强电子", "Wang Wei", "王", "", "测试", "中国银行"]
)
def test_others_are_no_person(text: str) -> None:
    assert not looks_like_person(text)


def test_family_names_are_read_as_family_names() -> None:
    assert person_reading("曾国强") == "zengguoqiang"
    assert person_reading("仇小姐") == "qiu"
    assert person_reading("WANG Wei") == person_reading("王伟") == "wangwei"


@given(st.text(max_size=20))
def test_any_text_parses(text: str) -> None:
    name = parse_person(text)
    assert not name.complete or name.given
