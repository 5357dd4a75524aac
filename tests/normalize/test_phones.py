"""Telephone numbers as they stand in cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.normalize.phones import area_code_for, loose_numbers, read_phones

OFFICE = "+8675526988888"


@pytest.mark.parametrize(
    "text",
    [
        "0755 26988888",
        "0755-26988888",
        "(0755)26988888",
        "０７５５－２６９８８８８８",
        "0086-755-26988888",
        "+86(0)755 2698 8888",
        "86 755 26988888",
        "75526988888",
        "0755-26988888.",
        "电话：0755-26988888",
        "Tel: +86-755-2698-8888",
        "0755－26988888（总机）",
        OFFICE,
    ],
)
def test_one_landline_in_many_dresses(text: str) -> None:
    assert [(p.number, p.extension, p.kind) for p in read_phones(text)] == [(OFFICE, "", "landline")]


@pytest.mark.parametrize(
    "text",
    [
        "13912345670",
        "139 1234 5670",
        "139-1234-5670",
        "+86 13912345670",
        "013912345670",
        "8613912345670",
        "13912345670.0",
        "王总13912345670",
        "手机：13912345670（微信同号）",
    ],
)
def test_one_mobile_in_many_dresses(text: str) -> None:
    assert [(p.number, p.kind) for p in read_phones(text)] == [("+8613912345670", "mobile")]


@pytest.mark.parametrize(
    "text",
    [
        "0755-26988888转8012",
        "0755-26988888-8012",
        "0755-26988888 ext. 8012",
        "0755-26988888分机号8012",
        "0755-26988888x8012",
        "0755-26988888#8012",
        "0755-26988888*8012",
        "0755-26988888 转 8012",
    ],
)
def test_extensions_survive(text: str) -> None:
    assert [(p.number, p.extension) for p in read_phones(text)] == [(OFFICE, "8012")]


@pytest.mark.parametrize(
    "text",
    [
        "0755-26988888/13912345670",
        "0755-26988888、13912345670",
        "0755 26988888 13912345670",
        "0755-26988888；13912345670",
        "电话 0755-26988888 手机 13912345670",
        "T:0755-26988888 M:13912345670",
    ],
)
def test_several_numbers_in_a_cell(text: str) -> None:
    assert [p.number for p in read_phones(text)] == [OFFICE, "+8613912345670"]


def test_fax_labels_tell_the_kind() -> None:
    assert [(p.number, p.kind) for p in read_phones("Tel: 0755-26988888 Fax: 0755-26988889")] == [
        (OFFICE, "landline"),
        ("+8675526988889", "fax"),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("400-888-6666", "+864008886666"),
        ("800 820 1234", "+868008201234"),
        ("+852 2123 4567", "+85221234567"),
        ("852-21234567", "+85221234567"),
        ("+886-2-2345-6789", "+886223456789"),
        ("0912-345-678", "+886912345678"),
        ("1-650-253-0000", "+16502530000"),
        ("+49 89 636 00", "+498963600"),
        ("00 81 3-1234-5678", "+81312345678"),
    ],
)
def test_service_and_foreign_numbers(text: str, number: str) -> None:
    assert [p.number for p in read_phones(text)] == [number]


def test_a_foreign_address_decides_the_country() -> None:
    assert read_phones("089 63600", country="DE")[0].number == "+498963600"
    assert read_phones("2123 4567", country="HK")[0].number == "+85221234567"


def test_local_numbers_need_their_area() -> None:
    assert read_phones("26988888") == ()
    assert read_phones("26988888转8012", area=area_code_for("440305"))[0].number == OFFICE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "1.38E+10",
        "1.38123E+10",
        "13800138000",
        "13812345678.0",
        "010-00000000",
        "95588",
        "138****5679",
        "12345",
        "传真同上",
        "2024-01-05",
        "440300199001011234",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert read_phones(text) == ()


@pytest.mark.parametrize(
    ("region", "area"),
    [
        ("440305", "0755"),
        ("110105", "010"),
        ("500112", "023"),
        ("320583", "0512"),
        ("460105", "0898"),
        ("632521", "0974"),
        ("220102", "0431"),
        ("440000", ""),
        ("", ""),
        ("999999", ""),
    ],
)
def test_area_codes(region: str, area: str) -> None:
    assert area_code_for(region) == area


@given(st.from_regex(r"\A(1[3-9][0-9]{9}|0755-?[2-8][0-9]{7}|\+[1-9][0-9]{7,13}|[0-9+() -]{0,25})\Z"))
def test_a_number_read_is_read_the_same_again(text: str) -> None:
    for phone in read_phones(text):
        assert [p.number for p in read_phones(phone.number)] == [phone.number]


@given(st.text(max_size=40))
def test_any_text_reads(text: str) -> None:
    assert all(phone.number.startswith("+") for phone in read_phones(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("010-62345678、62345679", ["+861062345678", "+861062345679"]),
        ("13912345670 / 62345679", ["+8613912345670"]),
        ("086-0755-26988888", [OFFICE]),
        ("(02) 2345-6789", ["+886223456789"]),
        ("02-23456789", ["+886223456789"]),
        ("022-23456789", ["+862223456789"]),
        ("(852) 2345-6789", ["+85223456789"]),
        ("853 2845 6789", ["+85328456789"]),
    ],
)
def test_what_a_cell_and_its_form_say_about_the_area(text: str, numbers: list[str]) -> None:
    assert [phone.number for phone in read_phones(text)] == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3865286", ("3865286",)),
        ("386-5286 ext 12", ("3865286",)),
        ("13912345670, 62345679", ("8613912345670", "62345679")),
        ("0755-26988888 / 62345679", ("8675526988888", "8675562345679")),
        ("1.38123E+10", ()),
        ("138****5678", ()),
        ("0000000", ()),
        ("12 Main Street", ()),
        ("", ()),
    ],
)
def test_numbers_to_compare_by_need_neither_country_nor_area(text: str, numbers: tuple[str, ...]) -> None:
    assert loose_numbers(text) == numbers
