"""The command line: a door to hub functions. Tables for people, ``--json`` for machines, one sentence for errors.

May import: everything.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import OperationalError

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
        _say(str(error))
        sys.exit(getattr(error, "exit_code", 1))
    except OperationalError as error:
        _say(f"The database does not answer ({type(error.orig).__name__}). Run the same command again: it goes on")
        sys.exit(75)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(sentence: str) -> None:
    Console(stderr=True).print(Text.assemble(("hub: ", "bold red"), sentence), soft_wrap=True)
