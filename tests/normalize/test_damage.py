"""Damaged values, test records, placeholders."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.normalize.damage import Damage, StandIn, damage, informative, stand_in, undamaged


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#VALUE!", Damage.SPREADSHEET_ERROR),
        ("#######", Damage.SPREADSHEET_ERROR),
        ("1.38123E+10", Damage.EXPONENT),
        ("９.14403Ｅ+17", Damage.EXPONENT),
        ("914403001922038000", Damage.ROUNDED),
        ("13812345678.0", Damage.FLOAT),
        ("é”Ÿæ–¤æ‹·", Damage.ENCODING),
        ("ÉîÛÚÊÐ", Damage.ENCODING),
        ("138****5678", Damage.MASKED),
        ("w***@example.com", Damage.MASKED),
        ("王*", Damage.MASKED),
        ("王某", Damage.MASKED),
    ],
)
def test_damage_is_recognised(text: str, expected: Damage) -> None:
    assert damage(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "914403001922038216",
        "13812345678",
        "12.50",
        "1000000",
        "Müller & Söhne",
        "A*B 铝业",
        "Xerox",
        "#12",
        "1E",
        "某某",
    ],
)
def test_what_is_sound_stays(text: str) -> None:
    assert damage(text) == Damage.NONE
    assert undamaged(text) == text


@pytest.mark.parametrize(
    "text", ["test", "TEST 001", "测试", "测试客户2", "demo company", "test@test.com", "张三-测试"]
)
def test_test_records_are_recognised(text: str) -> None:
    assert stand_in(text) == StandIn.TEST


@pytest.mark.parametrize(
    "text", ["Test Rite International", "深圳测试仪器有限公司", "Testo SE", "Sample & Sons", "软件测试", "Demovic"]
)
def test_companies_that_test_are_no_test_records(text: str) -> None:
    assert stand_in(text, "name") == StandIn.NONE


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(["any", "name", "phone", "email", "address", "identifier"]))
def test_what_is_informative_is_sound(text: str, field: str) -> None:
    said = informative(text, field)
    assert said == "" or damage(said) == Damage.NONE
    assert said == "" or stand_in(text, field) == StandIn.NONE
