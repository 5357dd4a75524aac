"""What the tests of the master's store share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.settings import Settings
from tests.store.workshop import Workshop


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Workshop]:
    """A hub without its systems, on a database of its own."""
    opened = Workshop.open(settings)
    yield opened
    opened.engine.dispose()
