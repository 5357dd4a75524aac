"""The demo's ERP server: made once, loaded in order, honest when it cannot be had."""

from pathlib import Path
from typing import Any

import pytest

from hub.demo.systems import tryton
from hub.errors import HubError


@pytest.mark.tryton
def test_loading_twice_makes_no_second_party(tryton_server: Any) -> None:
    documents = [{"code": f"D-{n}", "name": f"宏达{n}"} for n in range(150)]
    done: list[int] = []
    first = tryton.load(tryton_server.config(), documents, done.append)
    assert done == [100, 150]
    assert tryton.load(tryton_server.config(), documents) == first
    assert tryton_server.rpc("party.party.read", first[:1], ["code"])[0]["code"] == "D-0"


@pytest.mark.tryton
def test_loading_a_refused_party_says_which(tryton_server: Any) -> None:
    document = {"code": "D-BAD", "name": "x", "identifiers": [{"type": "cn_vat", "code": "123"}]}
    with pytest.raises(HubError, match="D-BAD: The Chinese Unified Social Credit Code"):
        tryton.load(tryton_server.config(), [document])


@pytest.mark.tryton
def test_initialising_again_keeps_the_database(tryton_server: Any) -> None:
    before = tryton_server.password
    tryton.initialise(tryton_server.cache, tryton_server.data)
    assert tryton.password_file(tryton_server.data).read_text().strip() == before
    assert tryton.password_file(tryton_server.data).stat().st_mode & 0o077 == 0
    tryton_server.connect().check()


def test_without_a_package_index_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in ("UV", "PIP"):
        monkeypatch.setenv(f"{tool}_INDEX_URL", "http://127.0.0.1:1/simple")
        monkeypatch.setenv(f"{tool}_NO_CACHE", "1")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(HubError, match="Tryton cannot be installed") as caught:
        tryton.install(tmp_path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "tryton-8.2" / "installed").exists()
