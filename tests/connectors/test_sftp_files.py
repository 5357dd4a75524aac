"""Files that arrive, half arrive, break and come again, on the demo's server and on OpenSSH."""

import io
import os
import signal
import socket
import threading
import time

import openpyxl
import paramiko
import psutil
import pytest
from pydantic import ValidationError

from connectors.errors import AuthenticationError, ConfigurationError, RetryableError
from connectors.sftp_files.arrivals import Sightings
from connectors.sftp_files.connector import SftpFiles
from connectors.transport.sftp import RemoteFile
from hub.demo.systems import sftp


def csv_file(*rows):
    return "".join(f"{row}\n" for row in ("编码,名称", *rows)).encode()


def pull(server, cursor=None, **options):
    connector = server.connect(**options)
    try:
        return list(connector.read("rows", cursor))
    finally:
        connector.close()


def records(batches):
    return [row for batch in batches for row in batch.table.to_pylist()]


def origins(batches):
    return [row["origin"] for row in records(batches)]


def settle(server, batches, **options):
    connector = server.connect(**options)
    connector.settle("rows", batches[-1].cursor)
    connector.close()


def stream(**options):
    return {"streams": {"rows": {"folder": "in", "pattern": "*", "format": "csv", **options}}}


def test_files_come_in_order_of_position_then_name(any_server):
    any_server.put("in/b_20261102.csv", csv_file("1,x"))
    any_server.put("in/a_20261103.csv", csv_file("2,x"))
    any_server.put("in/a_20261102.csv", csv_file("3,x"))
    batches = pull(any_server)
    assert origins(batches) == ["a_20261102.csv:2", "b_20261102.csv:2", "a_20261103.csv:2"]
    assert [row["position"] for row in records(batches)] == ["2026-11-02", "2026-11-02", "2026-11-03"]
    assert len(batches) == 1


def test_without_an_expression_the_modification_time_is_the_position(any_server):
    any_server.put("in/new.csv", csv_file("1,x"), mtime=1_793_520_000)
    any_server.put("in/old.csv", csv_file("1,x"), mtime=1_793_510_000)
    found = records(pull(any_server, **stream()))
    assert [(row["origin"], row["position"]) for row in found] == [
        ("old.csv:2", "2026-11-01T05:13:20+00:00"),
        ("new.csv:2", "2026-11-01T08:00:00+00:00"),
    ]


def test_settled_files_are_archived_and_broken_ones_put_apart(any_server):
    any_server.put("in/good_20261101.csv", csv_file("1,上海", "2"))
    any_server.put("in/bad_20261101.csv", csv_file("1,上海宏达机电").decode().encode("gb18030"))
    batches = pull(any_server)
    assert origins(batches) == ["bad_20261101.csv", "good_20261101.csv:2", "good_20261101.csv:3"]
    whole_file = records(batches)[0]
    assert whole_file["defect"]["code"] == "bad_encoding"
    assert "gb18030" in whole_file["defect"]["message"]
    assert whole_file["raw"].startswith("编码,名称")
    settle(any_server, batches)
    assert any_server.files("in") == []
    assert any_server.files("archive") == ["good_20261101.csv"]
    assert any_server.files("failed") == ["bad_20261101.csv"]
    assert pull(any_server, batches[-1].cursor) == []


def test_a_file_of_the_same_name_is_a_new_file_and_is_archived_beside_the_old(any_server):
    any_server.put("in/d_20261101.csv", csv_file("1,x"), mtime=1_793_510_000)
    first = pull(any_server)
    settle(any_server, first)
    any_server.put("in/d_20261101.csv", csv_file("2,x"), mtime=1_793_520_000)
    second = pull(any_server, first[-1].cursor)
    assert records(second)[0]["document"] == {"编码": "2", "名称": "x"}
    settle(any_server, second)
    assert any_server.files("archive") == ["d_20261101.1.csv", "d_20261101.csv"]


def test_a_version_that_came_after_the_read_is_not_archived_unread(any_server):
    any_server.put("in/d_20261101.csv", csv_file("1,x"))
    first = pull(any_server)
    any_server.put("in/d_20261101.csv", csv_file("1,x", "2,y"))
    settle(any_server, first)
    assert any_server.files("in") == ["d_20261101.csv"]
    assert origins(pull(any_server, first[-1].cursor)) == ["d_20261101.csv:2", "d_20261101.csv:3"]


def test_the_cursor_forgets_files_that_are_gone(any_server):
    any_server.put("in/a_20261101.csv", csv_file("1,x"))
    first = pull(any_server)
    settle(any_server, first)
    any_server.put("in/b_20261102.csv", csv_file("1,x"))
    second = pull(any_server, first[-1].cursor)
    assert list(second[-1].cursor["done"]) == ["b_20261102.csv"]


def test_unfinished_names_are_ignored(any_server):
    for name in ("d_20261101.csv.tmp", "d_20261101.csv.part", "d_20261101.csv.filepart", ".d_20261101.csv"):
        any_server.put(f"in/{name}", csv_file("1,x"))
    assert pull(any_server, **stream(pattern="*")) == []


def test_a_file_that_still_grows_is_left_until_it_is_whole(any_server):
    any_server.put("in/whole_20261101.csv", csv_file("1,x"))
    path = any_server.put("in/growing_20261101.csv", csv_file("1,x"))
    stopped = threading.Event()

    def grow():
        while not stopped.wait(0.02):
            with path.open("a") as file:
                file.write("2,y\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        first = pull(any_server, settle_seconds=0.3)
    finally:
        stopped.set()
        writer.join()
    assert origins(first) == ["whole_20261101.csv:2"]
    second = pull(any_server, first[-1].cursor)
    assert {row["origin"].split(":")[0] for row in records(second)} == {"growing_20261101.csv"}
    assert len(records(second)) == len(path.read_text().splitlines()) - 1


def test_sightings_want_the_same_size_and_time_some_seconds_apart():
    now = [100.0]
    sightings = Sightings(2.0, clock=lambda: now[0])
    file = RemoteFile("a", 10, 5)
    sightings.note("in", [file])
    assert sightings.seconds_until_complete("in", file) == 2.0
    now[0] = 101.5
    assert sightings.seconds_until_complete("in", file) == 0.5
    assert sightings.seconds_until_complete("other", file) == 2.0
    grown = RemoteFile("a", 20, 5)
    sightings.note("in", [grown])
    assert sightings.seconds_until_complete("in", grown) == 2.0
    now[0] = 104.0
    assert sightings.seconds_until_complete("in", grown) == 0.0


def test_reading_goes_on_in_the_middle_of_a_file(any_server):
    any_server.put("in/d_20261101.csv", csv_file(*[f"{n},x" for n in range(10)]))
    whole = pull(any_server, batch_rows=3)
    assert [len(batch.table) for batch in whole] == [3, 3, 3, 1]
    assert whole[1].cursor["partial"]["row"] == 7
    assert whole[-1].cursor["partial"] is None
    any_server.put("in/earlier_20261001.csv", csv_file("99,x"))
    resumed = origins(pull(any_server, whole[1].cursor, batch_rows=3))
    assert resumed == [f"d_20261101.csv:{n}" for n in range(8, 12)] + ["earlier_20261001.csv:2"]


def test_a_file_that_changed_in_the_middle_is_read_anew(any_server):
    any_server.put("in/d_20261101.csv", csv_file(*[f"{n},x" for n in range(10)]))
    whole = pull(any_server, batch_rows=3)
    any_server.put("in/d_20261101.csv", csv_file("77,y"))
    assert origins(pull(any_server, whole[1].cursor)) == ["d_20261101.csv:2"]


def test_a_file_with_a_header_alone_is_done_once(any_server):
    any_server.put("in/d_20261101.csv", csv_file())
    first = pull(any_server)
    assert [len(batch.table) for batch in first] == [0]
    assert pull(any_server, first[-1].cursor) == []


def test_other_columns_make_another_batch(any_server):
    any_server.put("in/a_20261101.csv", csv_file("1,x"))
    any_server.put("in/b_20261102.csv", b"code\n1\n")
    assert [[field.name for field in batch.table.schema.field("document").type] for batch in pull(any_server)] == [
        ["编码", "名称"],
        ["code"],
    ]


def test_a_name_without_position_is_a_defect_of_the_file(any_server):
    any_server.put("in/dealers.csv", csv_file("1,x"))
    any_server.put("in/d_20261101.csv", csv_file("1,x"))
    batches = pull(any_server)
    assert origins(batches) == ["dealers.csv", "d_20261101.csv:2"]
    assert records(batches)[0]["defect"]["code"] == "no_position"


def test_workbooks_and_edifact_through_the_connector(any_server):
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Dealer No", "电话"])
    book.active.append(["D1", 13812345678])
    book.save(content)
    any_server.put("in/dealers.xlsx", content.getvalue())
    any_server.put("in/cut.xlsx", content.getvalue()[:3000])
    found = records(pull(any_server, **stream(pattern="*.xlsx", format="xlsx")))
    assert [row["document"] for row in found] == [None, {"Dealer No": "D1", "电话": "13812345678"}]
    assert (found[0]["origin"], found[0]["defect"]["code"], found[0]["raw"]) == ("cut.xlsx", "truncated_file", None)
    message = "UNH+1+PARTIN:D:96A:UN'BGM+10+1+2'NAD+BY+690::9++宏达'UNT+4+1'"
    any_server.put("in/p.edi", f"UNB+UNOY:4+A+B+261101:0800+7'{message}UNZ+1+7'".encode())
    (party,) = records(pull(any_server, **stream(pattern="*.edi", format="edifact")))
    assert (party["origin"], party["document"]["name"], party["document"]["function"]) == ("p.edi:4", "宏达", "2")


def test_names_in_gb18030(any_server):
    folder = os.fsencode(any_server.root / "in")
    with open(folder + b"/" + "经销商_20261101.csv".encode("gb18030"), "wb") as file:  # noqa: PTH123 - bytes
        file.write(csv_file("1,x"))
    any_server.put("in/good_20261101.csv", csv_file("1,x"))
    any_server.give_away()
    with pytest.raises(ConfigurationError, match="1 files are not read") as caught:
        pull(any_server)
    assert "name_encoding" in caught.value.remedy
    connector = any_server.connect()
    assert origins([next(connector.read("rows", None))]) == ["good_20261101.csv:2"]
    connector.close()
    batches = pull(any_server, name_encoding="gb18030")
    assert "经销商_20261101.csv:2" in origins(batches)
    settle(any_server, batches, name_encoding="gb18030")
    assert any_server.files("in") == []


def test_another_host_key_is_refused_with_both_fingerprints(any_server):
    other = paramiko.RSAKey.generate(2048)
    connector = any_server.connect(host_key=f"ssh-rsa {other.get_base64()}")
    with pytest.raises(AuthenticationError) as caught:
        connector.check()
    text = str(caught.value)
    assert f"127.0.0.1:{any_server.port}" in text
    assert other.fingerprint in text
    assert text.count("SHA256:") == 2
    assert " ".join(any_server.host_key.split()[:2]) in caught.value.remedy


def test_a_host_key_nobody_pinned_is_refused_and_shown(any_server):
    with pytest.raises(AuthenticationError, match="none is pinned") as caught:
        any_server.connect(host_key="").check()
    assert " ".join(any_server.host_key.split()[:2]) in caught.value.remedy


def test_wrong_user_and_wrong_kind_of_login(server):
    with pytest.raises(AuthenticationError, match="refused user nobody"):
        server.connect(username="nobody").check()
    key = io.StringIO()
    paramiko.RSAKey.generate(2048).write_private_key(key)
    with pytest.raises(AuthenticationError, match=r"with this private key, it accepts: .*password"):
        server.connect(password=None, private_key=key.getvalue()).check()
    with pytest.raises(ConfigurationError, match="private key cannot be read"):
        server.connect(password=None, private_key="no key").check()


def test_a_missing_folder_is_a_configuration_error(any_server):
    with pytest.raises(ConfigurationError, match="no such folder") as caught:
        any_server.connect(**stream(folder="nowhere")).check()
    assert "nowhere" in str(caught.value)


def test_a_server_that_says_nothing_times_out(server):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        started = time.monotonic()
        with pytest.raises(RetryableError, match="exchange with the SFTP server failed"):
            server.connect(port=listener.getsockname()[1], timeout_seconds=0.5).check()
        assert time.monotonic() - started < 5


def test_a_killed_server_is_retryable_and_reading_goes_on_after_its_restart(server, restart):
    server.put("in/a_20261101.csv", csv_file(*[f"{n},x" for n in range(4)]))
    server.put("in/b_20261102.csv", csv_file(*[f"{n},x" for n in range(4)]))
    connector = server.connect(batch_rows=2)
    reading = connector.read("rows", None)
    first = next(reading)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    seen = [first]
    with pytest.raises(RetryableError):
        seen.extend(reading)
    restart(server)
    rest = list(connector.read("rows", seen[-1].cursor))
    connector.close()
    assert origins([*seen, *rest]) == [
        f"{name}:{n}" for name in ("a_20261101.csv", "b_20261102.csv") for n in range(2, 6)
    ]


def test_configuration_mistakes_are_told_without_secrets(server):
    for mistake in (
        {"host_key": "ssh-ed25519 oops"},
        {"private_key": "both"},
        {"colour": "red"},
        {"archive": "in"},
        stream(encoding="klingon"),
        stream(position="no group"),
    ):
        with pytest.raises(ValidationError) as caught:
            SftpFiles.Config(**server.options(**mistake))
        assert not any(secret in str(caught.value) for secret in server.secrets)


def test_the_demo_server_makes_its_key_once_and_keeps_to_its_folder(server, tmp_path):
    line = sftp.host_key_line(tmp_path / "keys" / "host")
    assert line.startswith("ssh-ed25519 AAAA")
    assert sftp.host_key_line(tmp_path / "keys" / "host") == line
    assert (tmp_path / "keys" / "host").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError):
        server.connect(**stream(folder="../../../etc")).check()


def test_memory_stays_flat_over_a_large_file(server):
    line = "上海宏达机电设备有限公司,上海市浦东新区张江路1号,13812345678\n" * 1000
    server.put("in/d_20261101.csv", ("名称,地址,手机\n" + line * 300).encode("gb18030"))
    connector = server.connect(**stream(encoding="gb18030"))
    process, rows, peak = psutil.Process(), 0, 0
    before = process.memory_info().rss
    for batch in connector.read("rows", None):
        rows += batch.table.num_rows
        peak = max(peak, process.memory_info().rss)
    connector.close()
    assert rows == 300_000
    assert peak - before < 80_000_000


class _Faint(paramiko.ServerInterface):
    """A server that breaks down while it looks at a password; a real one cannot be made to do it at that instant."""

    def __init__(self, transport: paramiko.Transport) -> None:
        self.transport = transport

    def check_auth_password(self, username: str, password: str) -> int:
        self.transport.close()
        return paramiko.AUTH_FAILED


def test_a_server_that_dies_during_the_login_has_not_refused_the_password() -> None:
    key = paramiko.RSAKey.generate(2048)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            transport = paramiko.Transport(listener.accept()[0])
            transport.add_server_key(key)
            transport.start_server(event=threading.Event(), server=_Faint(transport))

        thread = threading.Thread(target=serve)
        thread.start()
        config = SftpFiles.Config(
            host="127.0.0.1",
            port=listener.getsockname()[1],
            username="hub",
            password="secret",
            host_key=f"{key.get_name()} {key.get_base64()}",
            streams={"rows": {"pattern": "*.csv", "format": "csv"}},
        )
        with pytest.raises(RetryableError, match="broke during the login"):
            SftpFiles("scm", config).check()
        thread.join()
