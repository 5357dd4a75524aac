"""Identifiers: kind, check, damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.identifiers import organisation_code, read_identifier, registering_region, uscc_check_character

USCC = "914403001922038216"


@pytest.mark.parametrize(
    "text",
    [
        USCC,
        "９１４４０３００１９２２０３８２１６",
        " 91440300 19220382 16 ",
        "统一社会信用代码：914403001922038216",
        "税号 914403001922038216",
        "91440300-192203821-6",
        "'914403001922038216",
        "914403001922038216.0",
    ],
)
def test_one_uscc_in_many_dresses(text: str) -> None:
    value = read_identifier(text)
    assert value is not None
    assert (value.type, value.value, value.valid, value.problem) == ("cn_uscc", USCC, True, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("914403001922038217", "check_digit"),
        ("91440300192203821I", "check_digit"),
        ("000000000000000000", "placeholder"),
        ("123456789012345678", "placeholder"),
        ("111111111111111111", "placeholder"),
        ("91440300XXXXXXXXXX", "placeholder"),
        ("914403001922038000", "excel_damage"),
        ("9.14403E+17", "excel_damage"),
        ("9.14403001922038E+17", "excel_damage"),
        ("91440300192203821", "length"),
        ("91993456192203821" + uscc_check_character("91993456192203821"), "region"),
        ("91440300192203822" + uscc_check_character("91440300192203822"), "org_code"),
    ],
)
def test_damaged_uscc_says_what_is_wrong(text: str, problem: str) -> None:
    value = read_identifier(text, kind="cn_uscc")
    assert value is not None
    assert (value.valid, value.problem) == (False, problem)


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_single_typing_error_is_caught(place: int, character: str) -> None:
    typed = USCC[:place] + character + USCC[place + 1 :]
    value = read_identifier(typed, kind="cn_uscc")
    assert value is not None
    assert value.valid == (typed == USCC)


@given(st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(place: int) -> None:
    typed = USCC[:place] + USCC[place + 1] + USCC[place] + USCC[place + 2 :]
    value = read_identifier(typed, kind="cn_uscc")
    assert value is not None
    assert value.valid == (typed == USCC)


@pytest.mark.parametrize(
    ("text", "kind", "valid"),
    [
        ("440300192203821", "cn_tax15", True),
        ("440300192203822", "cn_tax15", False),
        ("19220382-1", "cn_org9", True),
        ("19220382-2", "cn_org9", False),
        ("DE136695976", "vat", True),
        ("CHE-116.281.710 MWST", "vat", True),
        ("5493001KJTIIGC8Y1R12", "lei", True),
        ("5493001KJTIIGC8Y1R13", "lei", False),
        ("5901234123457", "gln", True),
        ("K-4711", "other", True),
    ],
)
def test_the_value_tells_its_kind(text: str, kind: str, valid: bool) -> None:
    value = read_identifier(text)
    assert value is not None
    assert (value.type, value.valid) == (kind, valid)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("D-U-N-S 15-048-3782", "duns", "150483782"),
        ("GLN: 5901234123457", "gln", "5901234123457"),
        ("LEI 5493001KJTIIGC8Y1R13", "lei", "5493001KJTIIGC8Y1R13"),
        ("VAT No. DE136695976", "vat", "DE136695976"),
        ("（914403001922038216）", "cn_uscc", USCC),
    ],
)
def test_a_label_tells_the_kind_too(text: str, kind: str, value: str) -> None:
    found = read_identifier(text)
    assert found is not None
    assert (found.type, found.value) == (kind, value)


def test_company_numbers_tell_where_a_company_was_registered() -> None:
    assert [registering_region(t) for t in (USCC, "440300192203821")] == ["440300", "440300"]
    assert [registering_region(t) for t in ("", "192203821", "DE136695976", "999999192203821")] == [""] * 4


def test_a_declared_kind_is_checked() -> None:
    wrong = read_identifier("5901234123458", kind="gln")
    assert wrong is not None
    assert (wrong.type, wrong.problem) == ("gln", "check_digit")
    duns = read_identifier("15-048-3782", kind="duns")
    assert duns is not None
    assert (duns.value, duns.valid) == ("150483782", True)
    old = read_identifier("440300192203821", kind="cn_uscc")  # an old number in the new column
    assert old is not None
    assert (old.type, old.valid) == ("cn_tax15", True)


@pytest.mark.parametrize("kind", ["", "cn_uscc", "other"])
def test_a_resident_id_is_never_kept(kind: str) -> None:
    resident = "11010519491231002X"
    value = read_identifier(resident, kind=kind)
    assert value is not None
    assert (value.type, value.valid) == ("ric", True)
    assert resident[6:14] not in value.value
    assert value == read_identifier("110105 19491231 002x", kind=kind)


@pytest.mark.parametrize("text", ["", "  ", "无", "暂无", "N/A", "-", "/"])
def test_nothing_is_none(text: str) -> None:
    assert read_identifier(text) is None


def test_old_and_new_numbers_meet_on_the_organisation_code() -> None:
    assert {organisation_code(t) for t in (USCC, "440300192203821", "192203821", "19220382-1")} == {"192203821"}
    assert {organisation_code(t) for t in ("", "192203822", "000000000", "914403001922038000", "DE136695976")} == {""}


@given(st.text(max_size=30))
def test_any_text_reads_and_reads_the_same_again(text: str) -> None:
    value = read_identifier(text)
    if value is not None and value.valid and value.type != "ric":
        assert read_identifier(value.value, kind=value.type) == value
