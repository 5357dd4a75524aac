"""One landscape of the default size, made once."""

import pytest

from hub.demo.landscape import Landscape, generate


@pytest.fixture(scope="session")
def landscape() -> Landscape:
    return generate(2000, seed=7)
