"""Plans are made on installations like those of the loop."""

from tests.loop.conftest import command, hub, new_hub, stopped_server

__all__ = ["command", "hub", "new_hub", "stopped_server"]
