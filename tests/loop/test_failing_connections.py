"""A connection that fails is told in one sentence; every other system's data still arrive."""

from __future__ import annotations

import json
from collections.abc import Callable

import asyncssh
import pytest

from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, csv_file, xlsx_file
from tests.loop.installation import CONNECTION, Installation
from tests.support.sftp import free_port

WRONG = "wrong-pässword"


def wrong_password(hub: Installation) -> str:
    hub.secret("scm_password", WRONG)
    return (
        f"scm / 127.0.0.1:{hub.server.port}: the server refused user hub with this password. "
        "Renew the password in the secret the connection document refers to"
    )


def unknown_host_key(hub: Installation) -> str:
    other = asyncssh.generate_private_key("ssh-ed25519")
    hub.secret("scm_host_key", other.export_public_key().decode().strip())
    seen = asyncssh.import_public_key(hub.server.host_key)
    return (
        f"scm / 127.0.0.1:{hub.server.port}: the server shows the host key ssh-ed25519 {seen.get_fingerprint()}, "
        f"expected is ssh-ed25519 {other.get_fingerprint()}. Ask the server's operator for the fingerprint; only if "
        f"it is the one shown, set host_key to '{hub.server.host_key}'"
    )


def unreachable_host(hub: Installation) -> str:
    port = free_port()
    hub.secret("scm_port", str(port))
    return (
        f"scm / 127.0.0.1:{port} in: the exchange with the SFTP server failed (connection refused). "
        "The next run tries again; if it lasts, check host, port, network and the server"
    )


def missing_secret(hub: Installation) -> str:
    path = hub.settings.secrets / "scm_password"
    path.unlink()
    return f"scm.password: file:scm_password does not exist. Write the value to {path} and set its mode to 0600"


def unknown_connector(hub: Installation) -> str:
    hub.edit(CONNECTION, "connector: sftp_files", "connector: sftp_file")
    return (
        "scm / connector: there is no connector named 'sftp_file'. Did you mean 'sftp_files'? "
        "Known connectors: asterisk, imap_mail, sftp_files, soap_pdm, tryton"
    )


def impossible_document(hub: Installation) -> str:
    hub.edit(CONNECTION, "  settle_seconds: 0.02", "  settle_seconds: 0.02\n  archive: in")
    return (
        "scm / config.: Value error, archive, failed and the streams' folders must differ. "
        "Mend the connection document and apply it"
    )


FAILURES = [wrong_password, unknown_host_key, unreachable_host, missing_secret, unknown_connector, impossible_document]


@pytest.mark.parametrize("break_it", FAILURES, ids=[f.__name__ for f in FAILURES])
def test_one_sentence_and_the_other_system_arrives(
    two_systems: Installation, break_it: Callable[[Installation], str]
) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    hub.put("shipto_20261101_01.csv", csv_file(HONGDA), folder="branch")
    sentence = break_it(hub)
    hub.apply()
    account = hub.sync()
    assert account.state == "red"
    assert account.problems == [sentence]
    assert {own["error"] for own in account.sources["scm"].values()} == {sentence}
    assert account.sources["branch"] == {"ship_tos": {"landed": 1, "recorded": 1}}
    assert set(hub.live()) == {"ship_to/S003"}
    assert hub.server.files("in") == ["shipto_20261101_01.csv"]


def test_mended_it_goes_on_and_the_red_run_stays_red(two_systems: Installation) -> None:
    hub = two_systems
    hub.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    wrong_password(hub)
    red = hub.sync()
    hub.secret("scm_password", hub.server.login["password"])
    green = hub.sync()
    assert (hub.account(red.run).state, green.state) == ("red", "green")
    assert set(hub.live()) == {"ship_to/S001"}


def test_a_stream_the_connection_does_not_have_holds_no_other(hub: Installation) -> None:
    hub.edit(CONNECTION, "    dealers:", "    dealer_list:")
    hub.apply()
    hub.put("dealers_20261101.xlsx", xlsx_file(HUAQIANG_DEALER))
    hub.put("shipto_20261101_01.csv", csv_file(HONGDA))
    account = hub.sync()
    assert account.state == "red"
    assert account.problems == ["scm / dealers: there is no such stream. Use one of: ship_tos, dealer_list, partners"]
    assert account.sources["scm"]["ship_tos"] == {"landed": 1, "recorded": 1}


@pytest.mark.slow
def test_from_the_command_line(two_systems: Installation) -> None:
    """Exit code, JSON for machines; no traceback, no secret and no personal data anywhere."""
    hub = two_systems
    private = {"客户名称": "王秀英", "客户类型": "个人", "手机": "13987654321", "更新日期": "2026-13-45"}
    hub.put("shipto_20261101_01.csv", csv_file({**HONGDA, **private}, HUAQIANG), folder="branch")
    sentence = wrong_password(hub)
    hub.apply()
    synced = hub.cli("sync", "--json")
    assert (synced.code, synced.err) == (1, "")
    told = json.loads(synced.out)
    assert told["state"] == "red"
    assert told["problems"] == [sentence]
    assert told["sources"]["branch"]["ship_tos"] == {"landed": 2, "recorded": 1, "rejected": 1}
    [letter] = told["dead_letters"]
    assert (letter["system"], letter["stream"], letter["field"]) == ("branch", "ship_tos", "更新日期")
    assert letter["origin"] == "shipto_20261101_01.csv:2"
    assert letter["remedy"] == "Correct the date in the SCM, written as 2026-11-01, and export the row again"

    again = hub.cli("account", str(told["run"]), "--json")
    assert again.code == 1
    assert json.loads(again.out) == told
    for_people = hub.cli("account", str(told["run"]))
    assert for_people.code == 1
    assert sentence in for_people.out
    logs = "".join(p.read_text(errors="replace") for p in hub.settings.home.rglob("*.log"))
    said = "".join(p.out + p.err for p in (synced, again, for_people)) + logs
    for secret in (WRONG, *hub.server.secrets, "王秀英", "13987654321", "Traceback"):
        assert secret not in said
