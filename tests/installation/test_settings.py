"""Settings and references: what an installer may get wrong is told in one sentence, and no secret is told at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import HubError
from hub.references import resolve, store_secret
from hub.settings import Settings, load


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return load({"HUB_HOME": str(tmp_path), "ERP_PASSWORD": "s3cret", "EMPTY": ""})


def test_defaults_need_no_variable() -> None:
    settings = load({})
    assert (settings.project / "pyproject.toml").is_file()
    assert settings.home == settings.project / "var"
    assert settings.cache == settings.home / "cache"
    assert (settings.database_url, settings.stage) == (None, "dev")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_PROJECT", "/no/such/folder"),
        ("HUB_HOME", __file__),
        ("HUB_STAGE", "production"),
        ("HUB_DATABASE_URL", "mysql://hub:s3cret@db/hub"),
        ("HUB_DATABASE_URL", "postgresql://hub:s3cret@db"),
        ("HUB_DATABASE_URL", "postgresql://hub:s3cret@db:port/hub"),
        ("HUB_DATABASE_URL", "s3cret"),
    ],
)
def test_a_bad_value_is_named_without_secrets(name: str, value: str) -> None:
    with pytest.raises(HubError, match=name) as caught:
        load({name: value})
    assert "s3cret" not in str(caught.value)
    assert caught.value.remedy


def test_settings_print_no_secrets() -> None:
    settings = load({"HUB_DATABASE_URL": "postgresql://hub:s3cret@db/hub"})
    assert "s3cret" not in repr(settings)
    assert settings.database_url == "postgresql+psycopg://hub:s3cret@db/hub"


def test_references_are_replaced_at_any_depth(home: Settings) -> None:
    store_secret(home, "sftp/key", "密钥\n")
    config = {"url": "http://erp", "login": {"password": "env:ERP_PASSWORD"}, "keys": ["file:sftp/key", 3, None]}
    assert resolve(config, home) == {"url": "http://erp", "login": {"password": "s3cret"}, "keys": ["密钥", 3, None]}
    assert config["login"] == {"password": "env:ERP_PASSWORD"}


def test_a_stored_secret_is_private_and_replaces_the_old_one_whole(home: Settings) -> None:
    store_secret(home, "erp", "old")
    path = store_secret(home, "erp", "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert home.secrets.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in home.secrets.iterdir()] == ["erp"]


@pytest.mark.parametrize("reference", ["env:NO_SUCH", "env:EMPTY", "env:", "env:A B", "file:none"])
def test_a_missing_reference_is_named_with_its_place(home: Settings, reference: str) -> None:
    with pytest.raises(HubError, match=reference) as caught:
        resolve({"login": {"password": reference}}, home, "deploy/connections/erp.yaml")
    assert "deploy/connections/erp.yaml.login.password" in str(caught.value)


@pytest.mark.parametrize("name", ["../erp", "/etc/passwd", "a/../../erp", "", ".", "link"])
def test_a_reference_never_leaves_the_folder_of_secrets(home: Settings, name: str) -> None:
    home.secrets.mkdir()
    (home.home / "erp").write_text("outside")
    (home.secrets / "link").symlink_to(home.home / "erp")
    with pytest.raises(HubError, match="leaves the folder"):
        resolve(f"file:{name}", home)
    with pytest.raises(HubError, match="leaves the folder"):
        store_secret(home, name, "inside")
    assert (home.home / "erp").read_text() == "outside"


@pytest.mark.parametrize(
    ("mode", "accepted"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o700, False)]
)
def test_a_secret_others_could_read_is_refused(home: Settings, mode: int, accepted: bool) -> None:
    path = store_secret(home, "erp", "s3cret")
    path.chmod(mode)
    if accepted:
        assert resolve("file:erp", home) == "s3cret"
        return
    with pytest.raises(HubError, match=f"{mode:04o}") as caught:
        resolve("file:erp", home)
    assert f"chmod 600 {path}" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_secret_that_is_no_text_is_refused(home: Settings) -> None:
    path = store_secret(home, "erp", "x")
    path.write_bytes("密码".encode("gb18030"))
    with pytest.raises(HubError, match="UTF-8"):
        resolve("file:erp", home)
    path.write_bytes(b"\n")
    with pytest.raises(HubError, match="empty"):
        resolve("file:erp", home)
