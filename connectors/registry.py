"""Find connectors by name.

Connectors are plugins of the entry-point group ``customer_hub.connectors``: installing a package adds one.
"""

import difflib
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from connectors.base import Source
from connectors.errors import ConfigurationError

GROUP = "customer_hub.connectors"
MEMBERS = ("Config", "capabilities", "check", "discover", "read", "settle", "close")


@cache
def _plugins() -> dict[str, EntryPoint]:
    return {plugin.name: plugin for plugin in entry_points(group=GROUP)}


def names() -> list[str]:
    """Return the names of all installed connectors, sorted."""
    return sorted(_plugins())


def load(name: str) -> type[Source]:
    """Return the connector class with this name.

    Args:
        name: as in a connection document, e.g. ``sftp_files``.

    Raises:
        ConfigurationError: there is no such connector, it cannot be imported, or it is no connector.
    """
    plugin = _plugins().get(name)
    if plugin is None:
        raise ConfigurationError(f"there is no connector named '{name}'", system=name, remedy=_suggestion(name))
    try:
        connector = plugin.load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"the connector '{name}' ({plugin.value}) cannot be imported: {error}",
            system=name,
            remedy="Install the package that provides it anew",
        ) from error
    if not (isinstance(connector, type) and all(hasattr(connector, member) for member in MEMBERS)):
        raise ConfigurationError(
            f"'{plugin.value}' is no connector: it does not implement connectors.base.Source",
            system=name,
            remedy="Mend the entry point of the package that provides it",
        )
    return cast("type[Source]", connector)


def _suggestion(name: str) -> str:
    nearest = difflib.get_close_matches(name, names(), n=1)
    guess = f"Did you mean '{nearest[0]}'? " if nearest else ""
    return f"{guess}Known connectors: {', '.join(names()) or 'none; is the project installed?'}"
