import io
from itertools import chain

import pyarrow as pa
import pytest

from connectors.transport.edifact import Message, read_messages
from connectors.transport.partin import document_type, read_partin
from connectors.transport.records import UnreadableFileError

UNB = "UNB+UNOY:4+SENDER:14+HUB:14+261101:0800+IC1'"


def message(reference, *segments, kind="PARTIN"):
    body = [f"UNH+{reference}+{kind}:D:01B:UN'", f"BGM+10+DOC{reference}+4'", *segments]
    return [*body, f"UNT+{len(body) + 1}+{reference}'"]


def party(gln, name="上海宏达机电设备有限公司"):
    return [f"NAD+BY+{gln}::9++{name}'"]


def interchange(*messages, header=UNB, count=None):
    return "".join([header, *chain.from_iterable(messages), f"UNZ+{len(messages) if count is None else count}+IC1'"])


def read(text, charset="utf-8", **options):
    return read_partin(io.BytesIO(text if isinstance(text, bytes) else text.encode(charset)), **options)


def outcomes(table):
    return [(r.row, r.defect.code if r.defect else r.document["gln"]) for r in table.records]


def test_a_party_with_all_its_parts():
    text = interchange(
        message(
            "1",
            "NAD+BY+6901234567892::9++上海宏达机电设备有限公司:浦东分公司+张江路1号:2幢+上海+31+200120+CN'",
            "RFF+VA:91310115MA1K3L2M4N'",
            "RFF+IA:D-0001'",
            "CTA+IC+:王小明'",
            "COM+?+86 21 5080 1234:TE'",
            "COM+wang@example.cn:EM'",
            "CTA+PD+P7'",
            "NAD+DP+6901234567908::9'",
        )
    )
    first, second = (record.document for record in read(text).records)
    assert first == {
        "interchange": "IC1",
        "message": "1",
        "function": "4",
        "qualifier": "BY",
        "gln": "6901234567892",
        "name": "上海宏达机电设备有限公司",
        "name2": "浦东分公司",
        "street": "张江路1号 2幢",
        "city": "上海",
        "subdivision": "31",
        "postcode": "200120",
        "country": "CN",
        "tax_id": "91310115MA1K3L2M4N",
        "references": [{"qualifier": "VA", "value": "91310115MA1K3L2M4N"}, {"qualifier": "IA", "value": "D-0001"}],
        "contacts": [
            {
                "function": "IC",
                "name": "王小明",
                "channels": [{"type": "TE", "value": "+86 21 5080 1234"}, {"type": "EM", "value": "wang@example.cn"}],
            },
            {"function": "PD", "name": "P7", "channels": []},
        ],
    }
    assert (second["qualifier"], second["gln"], second["name"], second["contacts"]) == ("DP", "6901234567908", "", [])
    assert pa.array([first, second], document_type).to_pylist() == [first, second]


def test_release_characters_and_line_breaks():
    text = interchange(message("1", "NAD+BY+1::9++O?'Brien ?+ Söhne?: a??b'")).replace("'NAD", "'\r\nNAD")
    assert next(read(text).records).document["name"] == "O'Brien + Söhne: a?b"


def test_a_name_that_looks_like_a_service_segment():
    text = interchange(message("1", "NAD+BY+1::9++O?'UNA GmbH'"))
    assert next(read(text).records).document["name"] == "O'UNA GmbH"


def test_service_string_advice_changes_the_separators():
    plain = interchange(message("1", *party("1", "A B")))
    text = "UNA:|.\\ ~\n" + plain.replace("+", "|").replace("'", "~\n")
    assert next(read(text).records).document["name"] == "A B"
    without_release = "UNA:+.  '" + plain
    assert next(read(without_release).records).document["name"] == "A B"


def test_unstructured_name_and_address():
    document = next(read(interchange(message("1", "NAD+BY+1::9+Acme Ltd:Main Street 1:Leeds'"))).records).document
    assert (document["name"], document["street"]) == ("Acme Ltd", "Main Street 1 Leeds")


def test_charsets():
    german = interchange(message("1", *party("1", "Müller")), header=UNB.replace("UNOY:4", "UNOC:3"))
    assert next(read(german, "latin-1").records).document["name"] == "Müller"
    chinese = interchange(message("1", *party("1")), header=UNB.replace("UNOY:4", "UNOA:3"))
    assert next(read(chinese, "gb18030", encoding="gb18030").records).document["name"] == "上海宏达机电设备有限公司"
    with pytest.raises(UnreadableFileError) as caught:
        read(chinese, "gb18030")
    assert caught.value.defect.code == "bad_encoding"
    assert "gb18030" in caught.value.defect.message


def test_a_miscounted_message_does_not_hold_the_others():
    bad = [*message("2", *party("22"))[:-1], "UNT+9+2'"]
    text = interchange(message("1", *party("11")), bad, message("3", *party("33")))
    assert [code for _, code in outcomes(read(text))] == ["11", "truncated_message", "33"]


def test_a_trailer_of_another_message_is_noticed():
    bad = [*message("2", *party("22"))[:-1], "UNT+4+99'"]
    assert [code for _, code in outcomes(read(interchange(message("1", *party("11")), bad)))] == [
        "11",
        "truncated_message",
    ]


def test_a_missing_trailer_does_not_hold_the_others():
    text = interchange(message("1", *party("11"))[:-1], message("2", *party("22")))
    assert [code for _, code in outcomes(read(text))] == ["truncated_message", "22"]


@pytest.mark.parametrize(
    "text", [interchange(message("1", *party("11")), count=2), interchange(message("1", *party("11")))[:-8]]
)
def test_an_interchange_that_does_not_add_up(text):
    assert [code for _, code in outcomes(read(text))] == ["11", "truncated_message"]


def test_other_messages_are_told():
    text = interchange(message("1", *party("11")), message("2", kind="ORDERS"))
    assert [code for _, code in outcomes(read(text))] == ["11", "unexpected_message"]


def test_two_interchanges_and_functional_groups():
    grouped = f"{UNB}UNG+PARTIN+A+B+261101:0800+1+UN+D:01B'{''.join(message('1', *party('11')))}UNE+1+1'UNZ+1+IC1'"
    text = grouped + "\r\n" + interchange(message("2", *party("22")))
    assert [code for _, code in outcomes(read(text))] == ["11", "22"]


def test_no_edifact():
    for content in (b"", b"a,b\n1,2\n", b"UNB+XXXX:1+A+B+1+2'"):
        with pytest.raises(UnreadableFileError) as caught:
            read(content)
        assert caught.value.defect.code == "not_edifact"


def test_a_file_cut_anywhere_gives_its_complete_messages_and_one_defect():
    complete = [message(str(n), *party(str(n) * 3)) for n in range(1, 5)]
    content = interchange(*complete).encode()
    ends = [len((UNB + "".join(chain.from_iterable(complete[:n]))).encode()) for n in range(1, 5)]
    for length in range(len(UNB), len(content)):
        found = [code for _, code in outcomes(read(content[:length]))]
        whole = sum(end <= length for end in ends)
        assert found == [str(n) * 3 for n in range(1, whole + 1)] + ["truncated_message"], length


def test_rows_rise_and_tell_files_larger_than_a_chunk_apart():
    messages = [message(str(n), *party(f"{n:013}"), *party(f"{n + 5000:013}")) for n in range(1, 1500)]
    rows = [row for row, _ in outcomes(read(interchange(*messages)))]
    assert rows == sorted(set(rows))
    assert len(rows) == 2998


def test_messages_keep_their_segments():
    (found,) = read_messages(io.BytesIO(interchange(message("1", *party("11"))).encode()))
    assert isinstance(found, Message)
    assert [segment.tag for segment in found.segments] == ["UNH", "BGM", "NAD", "UNT"]
