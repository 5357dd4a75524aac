"""Given names, family names and full names: what is read, under which keys they meet, how well they agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_master.resolution.attributes.base import AttributeKind
from customer_master.resolution.attributes.persons import (
    FAMILY_NAME,
    GIVEN_NAME,
    PERSON,
    NameLevel,
    PersonLevel,
)


def level(kind: AttributeKind, left: str, right: str) -> int:
    one, other = kind.read(left), kind.read(right)
    assert one is not None
    assert other is not None
    there, back = kind.compare([one, other], [other, one]).levels.tolist()
    assert there == back
    return there


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("William", "WILLIAM ", NameLevel.EXACT),
        ("José", "Jose", NameLevel.EXACT),
        ("Bill", "William", NameLevel.EQUIVALENT),
        ("Bert", "Robert", NameLevel.EQUIVALENT),
        ("Anne-Marie", "Annemarie", NameLevel.EQUIVALENT),
        ("小明", "Xiao-Ming", NameLevel.EQUIVALENT),
        ("偉", "伟", NameLevel.EXACT),
        ("小明", "晓明", NameLevel.SAME_SOUND),
        ("Catherine", "Katharyne", NameLevel.SAME_SOUND),
        ("Margaret", "Margater", NameLevel.CLOSE),
        ("Charlotte", "Cahrolte", NameLevel.SIMILAR),
        ("W.", "William", NameLevel.INITIAL),
        ("国强", "国庆", NameLevel.DIFFERENT),
        ("William", "John", NameLevel.DIFFERENT),
    ],
)
def test_given_names_agree_as_far_as_they_do(left: str, right: str, expected: NameLevel) -> None:
    assert level(GIVEN_NAME, left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("曾", "Zeng", NameLevel.EQUIVALENT),
        ("黄", "Wong", NameLevel.EQUIVALENT),
        ("王", "Wong", NameLevel.EQUIVALENT),
        ("陳", "Chan", NameLevel.EQUIVALENT),
        ("王", "黄", NameLevel.DIFFERENT),
        ("程", "郑", NameLevel.DIFFERENT),  # both are written Cheng somewhere
        ("O'Neil", "Oneil", NameLevel.EXACT),
        ("Smith", "Smyth", NameLevel.SAME_SOUND),
        ("Müller", "Mueller", NameLevel.SAME_SOUND),
    ],
)
def test_family_names_agree_as_far_as_they_do(left: str, right: str, expected: NameLevel) -> None:
    assert level(FAMILY_NAME, left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Thomas Clifford", "CLIFFORD, Thomas", PersonLevel.EXACT),
        ("Sir Thomas Clifford, Bt.", "Thomas Clifford", PersonLevel.EXACT),
        ("Tom Clifford", "Clifford, Thomas", PersonLevel.EQUIVALENT),
        ("thomas cliford", "Thomas Clifford", PersonLevel.CLOSE),
        ("thomas clifford, 1st baron clifford of chudleigh", "tom clifford", PersonLevel.CONTAINED),
        ("T. Clifford", "Thomas Clifford", PersonLevel.INITIALS),
        ("Clifford", "Thomas Clifford", PersonLevel.ONE_NAME),
        ("Thomas Clifford", "Thomas Brown", PersonLevel.CONTRADICTED),
        ("Thomas Clifford", "Henry Brown", PersonLevel.DIFFERENT),
        ("王小明先生", "王小明", PersonLevel.EXACT),
        ("王小明", "Xiao Ming Wang", PersonLevel.EQUIVALENT),
        ("王小明", "WANG Xiao-ming", PersonLevel.EQUIVALENT),
        ("单雄信", "Shan Xiongxin", PersonLevel.EQUIVALENT),
        ("陳大文", "陈大文", PersonLevel.EXACT),
        ("王小明", "王晓明", PersonLevel.CLOSE),
        ("王小明", "王总", PersonLevel.ONE_NAME),
        ("王总", "王经理", PersonLevel.ONE_NAME),
        ("王小明", "李小明", PersonLevel.CONTRADICTED),
        ("Bin Wang", "Wang Bin", PersonLevel.EXACT),
        ("程伟", "郑伟", PersonLevel.CONTRADICTED),
    ],
)
def test_full_names_agree_as_far_as_they_do(left: str, right: str, expected: PersonLevel) -> None:
    assert level(PERSON, left, right) == expected


@pytest.mark.parametrize("text", ["", "无", "测试", "Mr.", "王*", "锟斤拷", "N/A", "某某", "John Doe"])
def test_what_names_nobody_is_not_read(text: str) -> None:
    assert PERSON.read(text) is None


@pytest.mark.parametrize("text", ["Sir", "1st", "女士", "-"])
def test_a_title_is_no_given_name(text: str) -> None:
    assert GIVEN_NAME.read(text) is None


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        (GIVEN_NAME, "Bill", "William"),
        (GIVEN_NAME, "小明", "Xiaoming"),
        (GIVEN_NAME, "Catherine", "Kathryn"),
        (GIVEN_NAME, "Jonahtan", "Jonathan"),
        (FAMILY_NAME, "黄", "Wong"),
        (FAMILY_NAME, "Smith", "Smyth"),
        (PERSON, "Tom Clifford", "Clifford, Thomas"),
        (PERSON, "王小明", "Xiao Ming Wang"),
        (PERSON, "Catherine Smith", "Katharine Smyth"),
        (PERSON, "thomas clifford, 1st baron clifford of chudleigh", "lord chudleigh"),
    ],
)
def test_names_of_one_person_meet_under_a_key(kind: AttributeKind, left: str, right: str) -> None:
    one, other = kind.read(left), kind.read(right)
    assert set(kind.keys(one)) & set(kind.keys(other))


_NAMES = st.lists(
    st.sampled_from(["tom", "thomas", "clifford", "clyfford", "t", "王小明", "wang", "bert"]), min_size=1
).map(" ".join)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(_NAMES, _NAMES), max_size=8))
def test_neither_order_nor_company_makes_a_difference(pairs: list[tuple[str, str]]) -> None:
    read = [(one, other) for pair in pairs for one, other in [tuple(map(PERSON.read, pair))] if one and other]
    left, right = [one for one, _ in read], [other for _, other in read]
    together = PERSON.compare(left, right)
    assert together.levels.tolist() == PERSON.compare(right, left).levels.tolist()
    assert together.similarity.tolist() == PERSON.compare(right, left).similarity.tolist()
    alone = [PERSON.compare([one], [other]).levels[0] for one, other in read]
    assert together.levels.tolist() == alone


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_name_agrees_with_itself(text: str) -> None:
    for kind, best in ((GIVEN_NAME, NameLevel.EXACT), (FAMILY_NAME, NameLevel.EXACT)):
        value = kind.read(text)
        if value is not None:
            assert kind.compare([value], [value]).levels.tolist() == [best]
            assert all(isinstance(key, str) and key for key in kind.keys(value))
    value = PERSON.read(text)
    if value is not None:
        assert PERSON.compare([value], [value]).levels[0] >= PersonLevel.ONE_NAME
        assert list(PERSON.keys(value))
