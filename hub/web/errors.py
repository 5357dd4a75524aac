"""The screens' own error."""

from __future__ import annotations

from hub.errors import UsageError


class InputError(UsageError):
    """Somebody entered what cannot be taken: a password too short, a name that is taken."""
