"""Mappings are tried on installations like those of the loop."""

from tests.loop.conftest import command, hub, new_hub

__all__ = ["command", "hub", "new_hub"]
