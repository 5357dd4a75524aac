"""The conformance kit: the tests every connector must pass, ours or a third party's.

A connector's own tests derive from ``conformance_suite(MyConnector)`` and give it a ``case`` fixture, see README.md.
Needs pytest, which the hub itself does not.

May import: ``connectors.base`` and ``connectors.errors``.
"""

import pytest

pytest.register_assert_rewrite("connectors.testing.source", "connectors.testing.sink")

from connectors.testing.case import ConnectorCase, SinkCase  # noqa: E402 (asserts are rewritten at import)
from connectors.testing.suite import conformance_suite  # noqa: E402

__all__ = ["ConnectorCase", "SinkCase", "conformance_suite"]
