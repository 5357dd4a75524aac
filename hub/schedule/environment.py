"""The environment of the programs that work for a hub."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from hub.project import connections
from hub.settings import Settings
from hub.supervisor.processes import MARK

_FORWARDED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy",
              "https_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")  # fmt: skip
_LOCAL = ("localhost", "127.0.0.1")


def hub_environment(settings: Settings) -> dict[str, str]:
    """Variables of any process that works for this hub: few, so that another shell's, or its own, are the same."""
    given = settings.environment
    names = {*_FORWARDED, *_referenced(settings)} | {name for name in given if name.startswith("HUB_")}
    return {
        "PATH": os.defpath,
        **{name: given[name] for name in sorted(names) if name in given and name != MARK},
        "HUB_PROJECT": str(settings.project),
        "HUB_HOME": str(settings.home),
        "HUB_CACHE": str(settings.cache),
        "NO_PROXY": ",".join(dict.fromkeys(filter(None, (*given.get("NO_PROXY", "").split(","), *_LOCAL)))),
        "PYTHONUTF8": "1",
    }


def _referenced(settings: Settings) -> Iterator[str]:
    """Environment variables that connection documents refer to."""

    def names(value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from names(item)
        elif isinstance(value, str) and value.startswith("env:"):
            yield value.removeprefix("env:")

    for connection in connections(settings.project)[0]:
        yield from names(connection.config)
