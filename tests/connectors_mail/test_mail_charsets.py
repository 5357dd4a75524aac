"""The four ways in which Chinese mails mislead a reader, and some more."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.transport.mail_charsets import charset_of, decode, decode_header, from_base64
from tests.connectors_mail.reading import mail, read

RARE = "镕喆㎡€𠮷"
"""None of these is in GB2312, the last is not even in GBK."""


@pytest.mark.parametrize("declared", ["gb2312", "GBK", '"GB2312"', "gb18030", "GB_2312-80", "cp936"])
def test_what_is_declared_gb2312_is_read_as_gb18030(declared):
    document = read(mail(f"朱{RARE}先生".encode("gb18030"), kind=f"text/plain; charset={declared}"))
    assert document["text"] == f"朱{RARE}先生"
    assert document["remarks"] == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5"])
def test_a_raw_8_bit_header_is_guessed(encoding):
    raw = b"From: " + "王先生".encode(encoding) + b" <wang@customer.example>\r\nSubject: " + "詢價單".encode(encoding)
    document = read(raw + b"\r\nDate: Fri, 2 Oct 2026 16:15:00 +0800\r\n\r\nhello")
    if encoding == "big5":  # Big5 and GBK cannot be told apart in two or three characters: it must only not be lost
        assert document["from"][0]["address"] == "wang@customer.example"
    else:
        assert document["from"] == [{"name": "王先生", "address": "wang@customer.example"}]
        assert document["subject"] == "詢價單"


def test_a_western_raw_header_is_no_chinese():
    document = read(mail(b"hi", subject="Grüße aus München, Straße".encode("latin-1")))
    assert document["subject"] == "Grüße aus München, Straße"


@pytest.mark.parametrize("width", range(1, 12))
def test_a_character_cut_between_two_encoded_words_is_whole(width):
    text = "关于DN50球阀询价"
    raw = text.encode("gbk")
    pieces = [base64.b64encode(raw[n : n + width]).decode() for n in range(0, len(raw), width)]
    header = "\r\n ".join(f"=?GB2312?B?{piece}?=" for piece in pieces)
    assert read(mail(b"hi", subject=header.encode()))["subject"] == text


def test_base64_cut_in_the_middle_of_a_group_is_whole():
    whole = base64.b64encode("关于合同的回复".encode()).decode()
    header = f"=?utf-8?B?{whole[:6]}?= =?utf-8?B?{whole[6:]}?="
    assert decode_header(header.encode()) == "关于合同的回复"


def test_quoted_printable_words_and_mixed_charsets():
    header = (
        "=?utf-8?Q?M=C3=BCller_=26_S=C3=B6hne?= =?gbk?B?" + base64.b64encode("阀门".encode("gbk")).decode() + "?= Ltd"
    )
    assert decode_header(header.encode()) == "Müller & Söhne阀门 Ltd"


@pytest.mark.parametrize("name", ["x-gbk", "X-GBK", "cs-gb2312", "chinese", "936", "gb18030-2022", "x-unknown-99", ""])
def test_a_charset_nobody_knows_loses_no_mail(name):
    document = read(mail("您好，请报价".encode("gbk"), kind=f"text/plain; charset={name}"))
    assert document["text"] == "您好，请报价"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("big5", "您好，請報價"),
        ("iso-2022-jp", "見積もりをお願いします"),
        ("shift_jis", "見積①"),
        ("euc-kr", "견적을 부탁드립니다"),
        ("iso-8859-1", "Grüße – gern"),
        ("koi8-r", "Здравствуйте"),
        ("hz", "您好"),
        ("utf-7", "您好"),
        ("utf-16", "您好 ok"),
    ],
)
def test_other_charsets_are_read_as_declared(charset, text):
    encoding = {"iso-8859-1": "cp1252", "shift_jis": "cp932"}.get(charset, charset)
    document = read(
        mail(base64.encodebytes(text.encode(encoding)), kind=f"text/plain; charset={charset}", encoding="base64")
    )
    assert document["text"] == text


def test_utf_8_declared_as_something_else_is_seen_through():
    for declared in ("gbk", "us-ascii", "iso-8859-1"):
        assert decode("您好，请报价".encode(), declared) == "您好，请报价"


def test_a_short_gbk_word_that_happens_to_be_utf_8_stays_gbk():
    assert decode("联通".encode("gbk"), "gb2312") == "联通"


def test_codecs_of_python_that_are_no_charsets_are_not_used():
    assert [charset_of(name) for name in ("base64", "rot13", "idna", "unicode_escape", "undefined")] == [""] * 5


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_decoding_never_fails_and_gives_what_can_be_stored(raw, charset):
    for text in (decode(raw, charset), decode_header(raw)):
        text.encode()
        assert "\0" not in text
    from_base64(raw)


@settings(deadline=None)
@given(
    st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]), min_size=1),
    st.integers(1, 40),
)
def test_every_text_survives_encoded_words_cut_anywhere(text, width):
    raw = text.encode("gb18030")
    words = (base64.b64encode(raw[n : n + width]).decode() for n in range(0, len(raw), width))
    header = " ".join(f"=?gb18030?B?{word}?=" for word in words)
    assert decode_header(header.encode()) == text
