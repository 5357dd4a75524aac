"""Reading real mailboxes: the demo's pymap and Debian's Dovecot."""

import socket
import time

import pytest
from pydantic import ValidationError

from connectors.errors import AuthenticationError, ConfigurationError, RetryableError
from connectors.imap_mail.connector import ImapMail
from connectors.transport import imap
from tests.connectors_mail.reading import divided, mail, part
from tests.connectors_mail.servers import PASSWORD, make_certificates, simple_mail


def rows(batches):
    return [row for batch in batches for row in batch.table.to_pylist()]


def read_all(server, cursor=None, **options):
    connector = server.connect(**options)
    try:
        return list(connector.read("message", cursor))
    finally:
        connector.close()


def subjects(batches):
    return [row["document"]["subject"] for row in rows(batches)]


# --- what arrives -----------------------------------------------------------------------------------------------------


def test_a_mail_arrives_as_a_document(any_mail):
    any_mail.put(mail("您好\n\n谢谢\n王伟\n手机：139 1234 5678".encode("gb18030"), kind="text/plain; charset=gb2312"))
    (row,) = rows(read_all(any_mail))
    document = row["document"]
    assert row["position"] == document["date"] == "2026-10-02T08:15:00+00:00"
    assert (document["key"], document["direction"], document["language"]) == ("m1@customer.example", "inbound", "zh")
    assert document["from"] == [{"name": "Li Wei", "address": "li@customer.example"}]
    assert document["mentions"][0] | {"line": ""} == {
        "kind": "phone", "value": "139 1234 5678", "label": "手机", "name": "王伟", "line": "",
    }  # fmt: skip


def test_the_mailbox_stays_as_it_is(any_mail):
    any_mail.put(*(simple_mail(n) for n in range(3)))
    read_all(any_mail)
    first = any_mail.file_names()
    read_all(any_mail)
    assert any_mail.file_names() == first
    assert not [name for name in first if "S" in name.partition(":2,")[2]], "a mail was marked as seen"


def test_mails_that_arrive_between_reads_come_alone_and_the_last_one_only_once(any_mail):
    any_mail.put(simple_mail(1), simple_mail(2))
    first = read_all(any_mail)
    assert read_all(any_mail, first[-1].cursor) == []
    any_mail.put(simple_mail(3))
    second = read_all(any_mail, first[-1].cursor)
    assert (set(subjects(first)), set(subjects(second))) == ({"mail 1", "mail 2"}, {"mail 3"})
    assert read_all(any_mail, second[-1].cursor) == []


def test_a_mail_that_arrives_while_we_read_is_not_lost(any_mail):
    any_mail.put(*(simple_mail(n) for n in range(4)))
    connector = any_mail.connect(batch_rows=2)
    reading = connector.read("message", None)
    first = next(reading)
    any_mail.put(simple_mail("late"))
    rest = list(reading)
    connector.close()
    cursor = rest[-1].cursor
    assert sorted(subjects([first, *rest, *read_all(any_mail, cursor)])) == sorted(
        [f"mail {n}" for n in range(4)] + ["mail late"]
    )


def test_an_empty_mailbox_yields_nothing(any_mail):
    assert read_all(any_mail) == []


def test_batches_are_bounded_in_bytes(any_mail):
    any_mail.put(*(simple_mail(n, "x" * 30_000) for n in range(6)))
    batches = read_all(any_mail, batch_megabytes=0.07)
    assert [batch.table.num_rows for batch in batches] == [2, 2, 2]


def test_the_uidvalidity_changes_and_everything_is_read_anew(any_mail):
    any_mail.put(simple_mail(1), simple_mail(2))
    first = read_all(any_mail)
    cursor = {"INBOX": {**first[-1].cursor["INBOX"], "uidvalidity": 1}}
    again = read_all(any_mail, cursor)
    assert [row["document"]["key"] for row in rows(again)] == [row["document"]["key"] for row in rows(first)]
    assert again[-1].cursor == first[-1].cursor


def test_a_mailbox_made_anew_is_read_anew_under_other_origins(dovecot):
    dovecot.put(simple_mail(1))
    first = read_all(dovecot)
    deadline = time.monotonic() + 10
    while time.time() < first[-1].cursor["INBOX"]["uidvalidity"] + 1 and time.monotonic() < deadline:
        time.sleep(0.02)  # Dovecot takes the second of its making as a mailbox's UIDVALIDITY
    dovecot.empty()
    dovecot.put(simple_mail(2))
    second = read_all(dovecot, first[-1].cursor)
    assert subjects(second) == ["mail 2"]


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_a_huge_mail_is_a_defect_and_the_others_arrive(any_mail):
    any_mail.put(simple_mail(1), simple_mail(2, "x" * 60_000), simple_mail(3))
    found = rows(read_all(any_mail, message_megabytes=0.05))
    assert {row["document"]["subject"] for row in found if row["document"]} == {"mail 1", "mail 3"}
    (huge,) = (row for row in found if row["defect"])
    assert huge["defect"]["code"] == "message_too_large"
    assert len(huge["raw"]) <= 2000


def test_one_bad_mail_never_holds_the_others(dovecot):  # pymap makes another mail of the bomb
    bomb = mail(b"--b\r\n" * 300, kind="multipart/mixed; boundary=b").replace(b"m1@", b"bomb@")
    dovecot.put(simple_mail(1), bomb, simple_mail(2, "x" * 60_000), simple_mail(3))
    found = rows(read_all(dovecot, message_megabytes=0.05))
    assert {row["document"]["subject"] for row in found if row["document"]} == {"mail 1", "mail 3"}
    defects = {row["defect"]["code"]: row for row in found if row["defect"]}
    assert set(defects) == {"too_many_parts", "message_too_large"}
    assert all(row["defect"]["remedy"] and row["raw"].startswith("From: ") for row in defects.values())
    assert "message_megabytes" in defects["message_too_large"]["defect"]["remedy"]


def test_a_mail_without_headers_is_a_defect(dovecot):  # pymap makes headers up
    dovecot.put(simple_mail(1), b"no header at all, only words\r\n", simple_mail(2))
    assert [bool(row["defect"]) for row in rows(read_all(dovecot))] == [False, True, False]


def test_attachments_do_not_land(any_mail):
    any_mail.put(divided(part("text/plain", b"hi"), part("application/pdf; name=po.pdf", b"%PDF-secret-content")))
    (row,) = rows(read_all(any_mail))
    assert row["document"]["attachments"][0]["name"] == "po.pdf"
    assert "secret-content" not in str(row)


def test_raw_8_bit_headers_cross_the_wire(dovecot):  # pymap rewrites what is malformed
    raw = "From: 王伟 <w@customer.example>\r\nSubject: 询价单\r\nDate: Fri, 2 Oct 2026 16:15:00 +0800\r\n\r\n".encode(
        "gb18030"
    )
    dovecot.put(raw)
    (row,) = rows(read_all(dovecot))
    assert (row["document"]["subject"], row["document"]["from"][0]["name"]) == ("询价单", "王伟")


# --- folders ----------------------------------------------------------------------------------------------------------


def test_several_folders_are_read_each_from_its_place(dovecot):
    dovecot.put(simple_mail(1))
    sent = dovecot.root / "hub" / ".&XfJT0ZAB-"
    for name in ("tmp", "new", "cur"):
        (sent / name).mkdir(parents=True)
    (sent / "new" / "1.sent.hub").write_bytes(
        simple_mail("sent", sender="sales@own.example").replace(b"To: sales@own.example", b"To: li@customer.example")
    )
    dovecot.give_away()
    batches = read_all(dovecot, folders=["INBOX", "已发送"])
    assert [row["document"]["direction"] for row in rows(batches)] == ["inbound", "outbound"]
    assert set(batches[-1].cursor) == {"INBOX", "已发送"}
    assert read_all(dovecot, batches[-1].cursor, folders=["INBOX", "已发送"]) == []
    assert subjects(read_all(dovecot, {"INBOX": batches[-1].cursor["INBOX"]}, folders=["INBOX", "已发送"])) == [
        "mail sent"
    ]


def test_a_folder_that_does_not_exist_is_a_configuration_error(any_mail):
    with pytest.raises(ConfigurationError, match="nowhere"):
        read_all(any_mail, folders=["nowhere"])


# --- security ---------------------------------------------------------------------------------------------------------


def test_starttls_with_an_own_authority(dovecot):
    dovecot.put(simple_mail(1))
    plain_port = {"security": "starttls", "port": dovecot.port}
    assert len(rows(read_all(dovecot, **plain_port))) == 1


@pytest.mark.parametrize("ca", ["", "other"])
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_authority_is_refused(dovecot, tmp_path, ca, security):
    port = {} if security == "tls" else {"port": dovecot.port}
    with pytest.raises(AuthenticationError, match="not trusted"):
        read_all(dovecot, ca=ca and make_certificates(tmp_path)[0], security=security, **port)


def test_tls_on_a_port_without_is_a_configuration_error(dovecot):
    with pytest.raises(ConfigurationError, match="security"):
        read_all(dovecot, port=dovecot.port)


def test_a_plaintext_login_is_never_tried_where_the_server_refuses_it(dovecot, monkeypatch):
    """Dovecot trusts a client on its own address, so this one comes from another."""
    connect = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, timeout: connect(address, timeout, ("127.0.0.2", 0))
    )
    with pytest.raises(ConfigurationError, match="starttls"):
        read_all(dovecot, security="none", port=dovecot.port, host="127.0.0.1")
    assert len(read_all(dovecot, security="starttls", port=dovecot.port, host="127.0.0.1")) == 0


def test_starttls_that_is_not_offered_never_goes_on_in_plain_text(pymap):
    with pytest.raises(ConfigurationError, match="STARTTLS"):
        read_all(pymap, security="starttls")


@pytest.mark.parametrize("host", ["mail.example.com", "192.168.1.5", "10.0.0.1"])
def test_an_unencrypted_connection_to_another_machine_is_refused_by_the_config(host):
    with pytest.raises(ValidationError, match="security none"):
        ImapMail.Config(host=host, username="u", password="p", security="none", own_domains=["own.example"])


def test_a_ca_that_is_no_certificate_is_refused_by_the_config():
    with pytest.raises(ValidationError, match="BEGIN CERTIFICATE"):
        ImapMail.Config(host="h", username="u", password="p", ca="nonsense", own_domains=["own.example"])


# --- failures ---------------------------------------------------------------------------------------------------------


def test_killed_in_the_middle_of_a_read_nothing_is_lost(any_mail):
    any_mail.put(*(simple_mail(n) for n in range(10)))
    connector = any_mail.connect(batch_rows=3)
    reading = connector.read("message", None)
    first = next(reading)
    any_mail.kill()
    try:
        with pytest.raises(RetryableError):
            list(reading)
    finally:
        any_mail.start()
    rest = list(connector.read("message", first.cursor))
    connector.close()
    assert sorted(subjects([first, *rest])) == [f"mail {n}" for n in range(10)]
    assert rest[-1].cursor["INBOX"]["uidvalidity"] == first.cursor["INBOX"]["uidvalidity"]


def test_a_server_that_says_nothing_is_retried_later():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = {"host": "127.0.0.1", "port": listener.getsockname()[1], "security": "none", "timeout_seconds": 0.2}
        connector = ImapMail(
            "mail", ImapMail.Config(username="u", password=PASSWORD, own_domains=["own.example"], **config)
        )
        with pytest.raises(RetryableError, match="TimeoutError"):
            connector.check()


def test_a_connection_that_idled_is_made_anew(dovecot, monkeypatch):
    dovecot.put(*(simple_mail(n) for n in range(4)))
    connector = dovecot.connect(batch_rows=2)
    reading = connector.read("message", None)
    first = next(reading)
    dovecot.kill()
    dovecot.start()
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.0)  # the hub was busy with the first batch for long
    rest = list(reading)
    connector.close()
    assert sorted(subjects([first, *rest])) == [f"mail {n}" for n in range(4)]


def test_a_mail_the_server_cannot_give_is_a_defect_of_its_own(any_mail, monkeypatch):
    any_mail.put(*(simple_mail(n) for n in range(7)))
    given = imap.ImapSession.mails

    def mails(self, folder, uidvalidity, numbers, most_bytes):
        damaged = sorted(numbers)[2] if len(numbers) == 7 else mails.damaged
        mails.damaged = damaged
        return None if damaged in numbers else given(self, folder, uidvalidity, numbers, most_bytes)

    monkeypatch.setattr(imap.ImapSession, "mails", mails)
    found = rows(read_all(any_mail))
    assert [row["defect"] and row["defect"]["code"] for row in found] == [None] * 2 + ["refused_by_server"] + [None] * 4
