"""The command line: a door to hub functions. Tables for people, ``--json`` for machines, one sentence for errors."""

from __future__ import annotations

import sys

from rich.console import Console

from connectors.errors import ConnectorError
from customer_master.policies.documents import PolicyError
from dq_rules.rules import RuleError
from hub.errors import HubError
from mappings.language.errors import MappingError


def main() -> None:
    """Run ``hub``; every expected error is one sentence and an exit code."""
    from hub.cli.app import app  # importing the commands takes time that an error in argv should not cost

    try:
        app()
    except (HubError, ConnectorError, MappingError, RuleError, PolicyError) as error:
        Console(stderr=True).print(f"[bold red]hub:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(130)
