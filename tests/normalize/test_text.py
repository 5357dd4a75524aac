"""Text: cleaning, folding, placeholders, damaged encodings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from mappings.normalize.text import (
    all_readings,
    clean,
    fold,
    has_han,
    initials,
    is_placeholder,
    looks_mojibake,
    readings,
    simplify,
    sound_alike,
)

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
ANY_TEXT = st.text(st.one_of(st.characters(), HAN), max_size=30)


@given(ANY_TEXT)
def test_cleaning_is_idempotent_nfc_and_visible(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs"}


@given(ANY_TEXT)
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(HAN, max_size=12), st.integers(0, 12))
def test_a_character_folds_alike_in_every_context(text: str, cut: int) -> None:
    assert fold(text) == fold(text[:cut]) + fold(text[cut:])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("香港東風（集團）有限公司", "香港东风(集团)有限公司"),
        ("香港安納聯合制葯有限公司", "香港安纳联合制药有限公司"),
        ("ＨＵＡＷＥＩ　Ｔｅｃｈ", "Huawei tech"),
        ("大连重工·起重", "大连重工起重"),
        ("昇輝電子", "升辉电子"),
        ("深圳\u200b市\ufeff", "深圳市"),
        ("Straße", "STRASSE"),
    ],
)
def test_writing_variants_fold_together(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_homophones_and_near_shapes_stay_apart() -> None:
    assert len({fold(t) for t in ("金证", "金溢", "碳黑", "炭黑", "沐阳", "沭阳")}) == 6


def test_simplify_keeps_structure() -> None:
    assert simplify("華強（深圳）Co.,LTD") == "华强(深圳)co.,ltd"


PLACEHOLDERS = [
    "",
    " ",
    "无",
    "暂无",
    "N/A",
    "n/a",
    "NULL",
    "None",
    "nan",
    "#N/A",
    "#REF!",
    "#VALUE!",
    "-",
    "--",
    "/",
    "。",
    "*",
]
PLACEHOLDERS += [
    "0",
    "00",
    "000000",
    "xxx",
    "XX",
    "？？",
    "测试",
    "TEST客户",
    "测试公司",
    "test01",
    "请勿使用",
    "作废",
    "同上",
    "見附件",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders_say_nothing(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "散户"), ("name", "一次性客户"), ("name", "零售客户"), ("name", "先生"), ("name", "现金客户"),
        ("phone", "13800138000"), ("phone", "+86 138 0000 0000"), ("phone", "13888888888"), ("phone", "12345678901"),
        ("phone", "010-00000000"), ("phone", "88888888"), ("phone", "95588"),
        ("email", "noreply@company.com"), ("email", "123@qq.com"),
        ("address", "中国"), ("address", "同注册地址"), ("address", "门店自提"),
        ("identifier", "91440300XXXXXXXXXX"), ("identifier", "123456789012345678"),
        ("identifier", "111111111111111111"),
    ],
)  # fmt: skip
def test_placeholders_by_field(field: str, text: str) -> None:
    assert is_placeholder(text, field)


@pytest.mark.parametrize(
    "text",
    ["无锡", "无限极", "测试技术研究所", "0755", "IBM", "ABC", "3M", "苏试测试", "一", "X光设备厂", "55555", "8"],
)
def test_real_values_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


NAME = "深圳市华强电子有限公司"


@pytest.mark.parametrize(
    "damaged",
    [
        NAME.encode().decode("latin-1"),
        NAME.encode("gb18030").decode("latin-1"),
        NAME.encode().decode("gb18030", "replace"),
        clean(NAME.encode().decode("cp1252", "replace")),
        "锟斤拷锟斤拷",
        "烫烫烫",
    ],
)
def test_mojibake_is_seen(damaged: str) -> None:
    assert looks_mojibake(damaged)


@pytest.mark.parametrize(
    "text", [NAME, "Müller Großhandel", "Łódź", "Señor Muñoz", "naïve façade", "トヨタ", "Ромашка", "ÆØÅ"]
)
def test_healthy_text_is_no_mojibake(text: str) -> None:
    assert not looks_mojibake(text)


def test_pinyin_reads_words_not_characters() -> None:
    assert readings("重慶長沙銀行") == "chongqingchangshayinhang"
    assert initials("重庆银行") == "cqyh"
    assert has_han("〇")
    assert not has_han("カナ")


AWKWARD = st.text(st.sampled_from("重庆银行长安行业乐清单县abcXYZ019 -（）·ひ㎡𠮷"), max_size=30)


@given(AWKWARD | ANY_TEXT)
def test_reading_word_by_word_gives_what_reading_at_once_gives(text: str) -> None:
    assert readings(text) == "".join(lazy_pinyin(fold(text)))


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("长虹", "常红", True),
        ("重庆", "崇庆", True),
        ("银行", "银航", True),
        ("碳黑", "炭黑", True),
        ("吕氏", "旅市", True),
        ("长虹", "长江", False),
        ("金证", "金溢", False),
        ("长虹", "长虹电", False),
        ("abc电", "abc店", True),
    ],
)
def test_characters_sound_alike_in_any_of_their_readings(left: str, right: str, *, alike: bool) -> None:
    assert sound_alike(left, right) is sound_alike(right, left) is alike


def test_all_readings_are_bounded_and_begin_with_the_usual_one() -> None:
    assert all_readings("行长重")[0] == "xingchangzhong"
    assert len(all_readings("行长重行长重行长重")) == 8
    assert set(all_readings("重庆")) & set(all_readings("崇庆"))
