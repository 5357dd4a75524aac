"""The command line: a door to hub functions. Tables for people, ``--json`` for machines, one sentence for errors.

May import: everything.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError, OperationalError

from connectors.errors import ConnectorError
from customer_master.policies.documents import PolicyError
from customer_master.stewardship.errors import InvalidError, StewardshipError, UnknownError
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
    except StewardshipError as refused:
        _say(str(refused), getattr(refused, "__notes__", ()))
        sys.exit(2 if isinstance(refused, UnknownError | InvalidError) else 1)
    except OperationalError as error:
        _say(f"The database does not answer ({type(error.orig).__name__}). Run the same command again: it goes on")
        sys.exit(75)
    except DBAPIError as error:  # what it says of itself holds values of rows
        _say(f"The database refused a statement ({type(error.orig).__name__}), and nothing of it is kept. Report it")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(sentence: str, notes: Sequence[str] = ()) -> None:
    console = Console(stderr=True)
    console.print(Text.assemble(("hub: ", "bold red"), sentence), soft_wrap=True)
    for note in notes:
        console.print(Text(note), soft_wrap=True)
