"""Signatures as Chinese and other people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.mail_signature import read_signature
from connectors.transport.mail_text import own_words
from tests.connectors_mail.reading import mail, read


def points(text: str) -> list[tuple[str, str, str]]:
    return [(m.kind, m.label, m.value) for m in read_signature(text).mentions]


def test_a_chinese_signature():
    text = (
        "您好，请报价。\n\n此致\n敬礼\n\n王小明 采购经理\n深圳市恒瑞阀门有限公司\n地址：深圳市南山区科技路12号\n"
        "电话：0755-26988431转8001   手机：138 2345 6789\n传真：0755-26988432\n邮箱：wang@hengrui.example\nQQ：12345678"
    )
    found = read_signature(text)
    assert (found.name, found.company) == ("王小明", "深圳市恒瑞阀门有限公司")
    assert points(text) == [
        ("phone", "电话", "0755-26988431转8001"),
        ("phone", "手机", "138 2345 6789"),
        ("phone", "传真", "0755-26988432"),
        ("email", "邮箱", "wang@hengrui.example"),
    ]
    assert found.mentions[0].line == "电话：0755-26988431转8001   手机：138 2345 6789"
    assert {mention.name for mention in found.mentions} == {"王小明"}


def test_a_western_signature():
    text = (
        "Please quote.\n\nBest regards,\n\nDr. Anna-Lena Müller\nHead of Purchasing\nHafen Pumpen GmbH & Co. KG\n"
        "Tel.: +49 (0)711 123456-78 | Fax: +49 711 12345699\nM: +49 171 2345678\nE-Mail: a.mueller@hafen.example"
    )
    found = read_signature(text)
    assert (found.name, found.company) == ("Anna-Lena Müller", "Hafen Pumpen GmbH & Co. KG")
    assert points(text) == [
        ("phone", "Tel", "+49 (0)711 123456-78"),
        ("phone", "Fax", "+49 711 12345699"),
        ("phone", "M", "+49 171 2345678"),
        ("email", "E-Mail", "a.mueller@hafen.example"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Tel/电话: 021-61234567", ("phone", "021-61234567")),
        ("手机(微信同号)：13912345678", ("phone", "13912345678")),
        ("Mobile +86 139 1234 5678", ("phone", "+86 139 1234 5678")),
        ("T +86 21 6123 4567", ("phone", "+86 21 6123 4567")),
        ("电话：０７５５－２６９８８４３１", ("phone", "０７５５－２６９８８４３１")),
        ("13912345678", ("phone", "13912345678")),
        ("+1 312 555-0142", ("phone", "+1 312 555-0142")),
        ("E-mail:sales＠hengrui．example", ("email", "sales＠hengrui．example")),
    ],
)
def test_ways_to_write_a_contact_point(line, expected):
    assert [(kind, value) for kind, _, value in points(f"您好\n\n谢谢\n{line}")] == [expected]


def test_several_numbers_behind_one_label():
    assert [value for *_, value in points("谢谢\n电话：0755-26988431/26988432、26988433")] == [
        "0755-26988431", "26988432", "26988433",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["订单号：4500012345678", "税号：91440300708461136T", "账号：6222 0213 9123 4567 890", "PO 4500012345",
     "邮编：518057", "2026-10-02 16:15", "P50123456 球阀 200件", "DN50123456"],
)  # fmt: skip
def test_what_is_no_phone(line):
    assert points(f"您好\n\n谢谢\n{line}") == []


def test_numbers_in_the_text_above_are_no_signature():
    text = "请把货送到张师傅处，电话：13912345678。\n" + "正文。\n" * 20 + "谢谢\n王伟"
    assert points(text) == []


@pytest.mark.parametrize(
    "quote",
    [
        '------------------ 原始邮件 ------------------\n发件人: "销售部"\n电话：021-80000000',
        "-----Original Message-----\nFrom: Sales\nTel: 021-80000000",
        "On Fri, Oct 2, 2026 at 4:15 PM Sales <sales@own.example> wrote:\n> Tel: 021-80000000",
        "On Fri, Oct 2, 2026 at 4:15 PM Sales Department\n<sales@own.example> wrote:\n\nTel: 021-80000000",
        "在 2026年10月2日，销售部 <sales@own.example> 写道：\n电话：021-80000000",
        "发件人: 销售部\n发送时间: 2026年10月2日 16:15\n收件人: 王伟\n主题: 回复\n\n电话：021-80000000",
        "From: Sales\nSent: Friday\nTo: Wang\n\nTel: 021-80000000",
        "> 电话：021-80000000",
    ],
)
def test_our_own_phone_in_what_they_quote_is_not_theirs(quote):
    text = f"好的，收到。\n\n王伟\n电话：0755-26988431\n\n{quote}"
    assert [m.value for m in read_signature(own_words(text)).mentions] == ["0755-26988431"]
    document = read(mail(text.encode()))
    assert [mention["value"] for mention in document["mentions"]] == ["0755-26988431"]
    assert "021-80000000" in document["text"]


def test_the_senders_name_stands_in():
    document = read(mail("谢谢\n电话：0755-26988431".encode(), sender="王五 <w@customer.example>".encode()))
    assert document["mentions"][0]["name"] == "王五"


def test_a_mail_without_signature_mentions_nobody():
    assert read(mail("好的，收到。".encode()))["mentions"] == []
    assert read(mail("好的，收到。".encode()))["signature"] == {"name": "", "company": ""}


@given(st.text(max_size=400))
def test_any_text_can_be_searched(text):
    for mention in read_signature(own_words(text)).mentions:
        assert mention.value
        assert mention.kind in {"phone", "email"}
