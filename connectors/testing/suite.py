"""Put together the tests a connector's capabilities demand."""

from connectors.base import Source
from connectors.testing.sink import CorrelationSuite, SinkSuite, TokenSuite
from connectors.testing.source import IncrementalSuite, SourceSuite


def conformance_suite(connector: type[Source]) -> type[SourceSuite]:
    """Return the test class for a connector; derive a ``Test…`` class from it.

    Args:
        connector: the connector class; its ``capabilities`` decide which tests it must pass.

    Example:
        >>> from connectors.base import Capabilities
        >>> class Quiet:
        ...     capabilities = Capabilities(incremental=False)
        >>> conformance_suite(Quiet).__bases__
        (<class 'connectors.testing.source.SourceSuite'>,)
    """
    has = connector.capabilities
    demanded: list[type] = [
        suite
        for suite, promised in [
            (TokenSuite, has.push and has.concurrency_token),
            (CorrelationSuite, has.push and has.correlation),
            (SinkSuite, has.push),
            (IncrementalSuite, has.incremental),
        ]
        if promised
    ]
    return type("ConformanceSuite", (*demanded, SourceSuite), {"connector": connector, "__doc__": SourceSuite.__doc__})
