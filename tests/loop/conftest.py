"""One installation for every test of the loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.store.database import open_database
from tests.loop.installation import Installation
from tests.support.sftp import SftpServer


@pytest.fixture
def hub(settings: Settings, sftp_server: SftpServer, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose documents are applied and whose partner has delivered nothing yet."""
    own = replace(settings, project=tmp_path / "project")
    engine = open_database(own)
    installation = Installation(own, engine, sftp_server)
    installation.set_up()
    yield installation
    engine.dispose()
