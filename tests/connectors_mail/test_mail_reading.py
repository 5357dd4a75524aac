"""One raw mail becomes one document, or says why it cannot."""

import datetime as dt
import hashlib
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.transport.mail import Reading, document_type, read_mail
from connectors.transport.mail_mime import MOST_DEPTH, MOST_PARTS, UnreadableMailError
from tests.connectors_mail.reading import READING, RECEIVED, divided, mail, multipart, part, read


def defect(raw, received=RECEIVED):
    with pytest.raises(UnreadableMailError) as caught:
        read(raw, received)
    assert caught.value.defect.message
    assert caught.value.defect.remedy
    return caught.value.defect.code


# --- identity and time ------------------------------------------------------------------------------------------------


def test_the_key_is_the_message_id():
    document = read(mail(b"hi"))
    assert (document["key"], document["message_id"]) == ("m1@customer.example", "m1@customer.example")


@pytest.mark.parametrize("headers", [b"", b"Message-ID: <a@x>\r\nMessage-ID: <b@x>\r\n", b"Message-ID: <>\r\n"])
def test_without_one_message_id_the_key_is_the_hash_of_the_mail_whatever_its_line_ends(headers):
    raw = b"From: li@customer.example\r\nDate: Fri, 2 Oct 2026 16:15:00 +0800\r\n" + headers + b"\r\nhi\r\n"
    document = read(raw)
    assert document["key"] == "sha256:" + hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()
    assert document["key"] == read(raw.replace(b"\r\n", b"\n"))["key"]
    assert {"message_id_missing", "message_id_repeated"} & set(document["remarks"])


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Fri, 2 Oct 2026 16:15:00 +0800", "2026-10-02T08:15:00+00:00"),
        ("Fri, 2 Oct 2026 16:15:00 +0800 (CST)", "2026-10-02T08:15:00+00:00"),
        ("2 Oct 2026 08:15 GMT", "2026-10-02T08:15:00+00:00"),
        ("Fri, 2 Oct 2026 02:15:30 -0600", "2026-10-02T08:15:30+00:00"),
    ],
)
def test_the_date_is_an_instant_in_utc(written, instant):
    assert read(f"From: a@b.example\r\nDate: {written}\r\n\r\nhi".encode())["date"] == instant


@pytest.mark.parametrize(
    "written",
    [
        "Fri, 2 Oct 2026 16:15:00",  # no offset
        "Fri, 2 Oct 2026 16:15:00 -0000x",
        "Fri, 2 Oct 2026 16:15:00 CST",  # Chicago or Shanghai?
        "Fri, 31 Feb 2026 16:15:00 +0800",
        "Fri, 2 Oct 2099 16:15:00 +0800",  # written after it arrived
        "yesterday",
        "",
    ],
)
def test_a_date_that_says_no_instant_yields_to_the_servers(written):
    document = read(f"From: a@b.example\r\nDate: {written}\r\n\r\nhi".encode())
    assert document["date"] == "2026-10-05T01:00:00+00:00"
    assert "date_from_server" in document["remarks"]


def test_without_any_date_it_is_a_defect():
    assert defect(b"From: a@b.example\r\n\r\nhi", received=None) == "no_date"


# --- who to whom ------------------------------------------------------------------------------------------------------


def test_names_with_commas_and_several_recipients():
    headers = b'Cc: "Wang, Wei" <w@x.example>, =?utf-8?B?5p2OLCDlm5s=?= <l@y.example>, nobody\r\n'
    document = read(mail(b"hi", headers=headers))
    assert document["cc"] == [
        {"name": "Wang, Wei", "address": "w@x.example"},
        {"name": "李, 四", "address": "l@y.example"},
    ]


@pytest.mark.parametrize(
    ("sender", "recipient", "direction"),
    [
        ("li@customer.example", "sales@own.example", "inbound"),
        ("sales@OWN.example", "li@customer.example", "outbound"),
        ("sales@cn.own.example", "li@customer.example, boss@own.example", "outbound"),
        ("sales@own.example", "boss@own.example", "internal"),
        ("li@notown.example", "sales@own.example", "inbound"),
    ],
)
def test_the_direction_follows_the_senders_domain(sender, recipient, direction):
    raw = f"From: {sender}\r\nTo: {recipient}\r\nDate: Fri, 2 Oct 2026 16:15:00 +0800\r\n\r\nhi"
    assert read(raw.encode())["direction"] == direction


def test_threads_can_be_followed():
    headers = b"In-Reply-To: <a@x.example>\r\nReferences: <z@x.example>\r\n <a@x.example>\r\n"
    document = read(mail(b"hi", headers=headers))
    assert (document["in_reply_to"], document["references"]) == ("a@x.example", ["z@x.example", "a@x.example"])


# --- text -------------------------------------------------------------------------------------------------------------


def test_the_plain_part_is_preferred():
    document = read(divided(part("text/plain", b"plain words"), part("text/html", b"<p>other</p>"), kind="alternative"))
    assert (document["text"], document["attachments"]) == ("plain words", [])


def test_html_alone_is_reduced_to_what_is_seen():
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>您好，</p><table><tr><td>DN50</td>"
        "<td>3&nbsp;件</td></tr></table><!-- x --><script>alert(1)</script></body></html>"
    )
    document = read(mail(html.encode(), kind="text/html; charset=utf-8"))
    assert document["text"].split() == ["您好，", "DN50", "3", "件"]


def test_nested_multiparts_are_walked():
    inner = multipart(part("text/plain; charset=utf-8", "正文".encode()), part("text/html", b"<p>x</p>"), boundary="in")
    related = multipart(
        part('multipart/alternative; boundary="in"', inner), part("image/png; name=logo.png", b"png"), boundary="mid"
    )
    document = read(
        divided(part('multipart/related; boundary="mid"', related), part("application/pdf; name=po.pdf", b"%PDF"))
    )
    assert document["text"] == "正文"
    assert [entry["name"] for entry in document["attachments"]] == ["logo.png", "po.pdf"]


@pytest.mark.parametrize(
    "raw",
    [
        divided(part("application/pdf; name=a.pdf", b"%PDF")),
        mail(b"", subject=b""),
        mail(b"   \r\n\r\n"),
        mail(b"binary", kind="application/octet-stream"),
    ],
    ids=["attachment_only", "empty_subject", "blank", "binary"],
)
def test_a_mail_without_text_arrives_and_says_so(raw):
    document = read(raw)
    assert (document["text"], "no_text" in document["remarks"]) == ("", True)


def test_a_subject_may_be_missing():
    assert read(b"From: a@b.example\r\nDate: Fri, 2 Oct 2026 16:15:00 +0800\r\n\r\nhi")["subject"] == ""


def test_long_text_is_cut():
    document = read(mail(b"word " * 2000))
    assert (len(document["text"]), document["remarks"]) == (2000, ["text_cut"])


@pytest.mark.parametrize(
    ("text", "language"), [("您好，请报 DN50 valve 价", "zh"), ("Dear Mr. 王, please quote", "en"), ("123", "")]
)
def test_the_language_is_guessed(text, language):
    assert read(mail(text.encode(), subject=b""))["language"] == language


def test_a_missing_last_boundary_and_a_missing_boundary_lose_nothing():
    cut = divided(part("text/plain", b"first"), part("text/plain", b"second")).rpartition(b"--b1--")[0]
    assert read(cut)["text"].split() == ["first", "second"]
    assert read(mail(b"words", kind="multipart/mixed"))["text"] == "words"


# --- attachments ------------------------------------------------------------------------------------------------------


def test_attachments_are_references():
    headers = (
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename*=utf-8''%E6%B8%85%E5%8D%95.xlsx\r\n"
    )
    document = read(divided(part("text/plain", b"see file"), part("application/vnd.ms-excel", b"UEsDBA==", headers)))
    (entry,) = document["attachments"]
    assert entry == {
        "name": "清单.xlsx", "type": "application/vnd.ms-excel", "size": 4,
        "sha256": hashlib.sha256(b"PK\x03\x04").hexdigest(),
    }  # fmt: skip
    assert "UEsDBA" not in str(document)


@pytest.mark.parametrize(
    "name",
    [b'"=?gb2312?B?x+W1pS54bHN4?="', b'"' + "清单.xlsx".encode("gbk") + b'"', b'"' + "清单.xlsx".encode() + b'"'],
    ids=["encoded_word", "raw_gbk", "raw_utf8"],
)
def test_file_names_as_chinese_mailers_write_them(name):
    raw = mail(b"PK", kind="application/zip").replace(b"application/zip", b"application/zip; name=" + name)
    assert read(raw)["attachments"][0]["name"] == "清单.xlsx"


def test_winmail_is_listed_and_said():
    document = read(divided(part("text/plain", b"hi"), part("application/ms-tnef; name=winmail.dat", b"\x78\x9f")))
    assert (document["attachments"][0]["name"], document["remarks"]) == ("winmail.dat", ["winmail"])


def test_an_attached_mail_is_an_attachment_and_its_signature_is_nobodys():
    attached = mail("王伟\r\n电话：0755-26988431".encode())
    document = read(divided(part("text/plain", b"see below"), part("message/rfc822", attached)))
    assert (document["mentions"], [a["type"] for a in document["attachments"]]) == ([], ["message/rfc822"])


def test_a_large_attachment_is_listed_without_hash():
    reading = Reading(READING.own_domains, attachment_bytes=100)
    document = read(divided(part("text/plain", b"hi"), part("image/png; name=a.png", b"x" * 101)), reading=reading)
    assert document["attachments"][0] == {"name": "a.png", "type": "image/png", "size": 101, "sha256": ""}
    assert document["remarks"] == ["attachment_not_hashed"]


def test_uuencoded_parts_are_decoded():
    body = b"begin 644 a.txt\n#0V%T\n`\nend\n"
    document = read(divided(part("application/x-uu; name=a.txt", body, "Content-Transfer-Encoding: x-uuencode\r\n")))
    assert document["attachments"][0]["sha256"] == hashlib.sha256(b"Cat").hexdigest()


# --- what is no mail, and what is an attack ---------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n"])
def test_an_empty_mail_is_a_defect(raw):
    assert defect(raw) == "empty_message"


def test_what_has_no_headers_is_a_defect():
    assert defect(b"\x00\x01\x02 something else\r\nmore") == "not_a_mail"


def test_too_many_parts_are_a_defect_at_once():
    bomb = mail(b"--b\n" * 3_000_000, kind="multipart/mixed; boundary=b")
    started = time.process_time()
    assert defect(bomb) == "too_many_parts"
    assert time.process_time() - started < 2


def test_as_many_parts_as_allowed_are_read():
    raw = divided(*(part(f"image/png; name={n}.png", b"x") for n in range(MOST_PARTS)))
    assert len(read(raw)["attachments"]) == MOST_PARTS


def test_too_deep_nesting_is_a_defect():
    body = b"x"
    for level in range(MOST_DEPTH + 2):
        body = part(f"multipart/mixed; boundary=d{level}", multipart(body, boundary=f"d{level}"))
    assert defect(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + body) == "too_deeply_nested"


def test_a_thousand_levels_cost_no_stack():
    nested = b"".join(f"Content-Type: multipart/mixed; boundary=d{n}\r\n\r\n--d{n}\r\n".encode() for n in range(3000))
    assert defect(b"From: a@b.example\r\n" + nested) == "too_deeply_nested"


def test_a_defect_tells_no_personal_data():
    bomb = mail(b"--b\n" * 300, kind="multipart/mixed; boundary=b", sender=b"Wang Wei <wang@customer.example>")
    with pytest.raises(UnreadableMailError) as caught:
        read(bomb)
    assert "wang" not in f"{caught.value.defect}".lower()


@pytest.mark.parametrize(
    "hostile",
    [
        b"<" * 300_000,
        b"<a " * 100_000,
        b"<!--" * 100_000,
        b"<div>" * 100_000,
        b"&" * 300_000,
    ],
)
def test_hostile_html_costs_little(hostile):
    started = time.process_time()
    read(mail(hostile, kind="text/html"))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "line",
    [
        b"Tel: " + b"1 " * 100_000,
        b"1234567 " * 50_000,
        b"a@" * 100_000,
        b"a." * 100_000 + b"@",
        b"On " + b"x " * 100_000,
        b"From:\n" * 20_000,
        "电话/".encode() * 50_000,
        b"- " * 100_000,
    ],
)
def test_hostile_text_costs_little(line):
    started = time.process_time()
    read(mail(b"hi\n" + line), reading=Reading(READING.own_domains, text_characters=1_000_000))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("header", [b"To: " + b"a@b.example," * 50_000, b"X: y\r\n" * 100_000])
def test_hostile_headers_cost_little(header):
    started = time.process_time()
    document = read(b"From: a@b.example\r\n" + header + b"\r\n\r\nhi")
    assert len(document["to"]) <= 500
    assert time.process_time() - started < 5


def test_nested_comments_in_an_address_are_a_defect():
    assert defect(b"From: a@b.example\r\nTo: " + b"(" * 50_000 + b"\r\n\r\nhi") == "malformed_message"


# --- whatever comes ---------------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        b"From: ", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--\r\n", b"\r\n\r\n", b"\r\n",
        b"Content-Type: text/html; charset=utf-16\r\n", b"Content-Transfer-Encoding: base64\r\n", b"=?gbk?B?zazB?=",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n", b"Content-Transfer-Encoding: quoted-printable",
        b"Date: Fri, 99 Oct 99999 99:99:99 +9999\r\n", b"Message-ID: <", b'name*0*=gbk\'\'%"%C4', b"=?", b"?=",
        b"\xc4\xfa",
        b"Content-Disposition: attachment; filename*=x'y'%zz\r\n", b'To: "\\', b"<<>>@", b"\x00", b"Tel: +86 139",
        b"Content-Type: ;;=;\r\n", b"Content-Type: text/plain; charset=\xff\xfe\r\n", b"From: a@b.example\r\n",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(FRAGMENTS | st.binary(max_size=30), max_size=25).map(b"".join))
def test_whatever_comes_is_a_document_or_a_defect(raw):
    try:
        document = read_mail(raw, RECEIVED, READING)
    except UnreadableMailError:
        return
    pa.array([document], document_type)
    str(document).encode()
    assert dt.datetime.fromisoformat(document["date"]).utcoffset() == dt.timedelta(0)
    assert document["key"]
