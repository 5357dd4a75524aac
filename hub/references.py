"""References to secrets: documents name them, this module reads them.

A connection document never holds a password or a value that differs per installation. It holds ``env:NAME`` (an
environment variable) or ``file:NAME`` (a file in the folder ``secrets`` of the hub's home, readable by its owner only).
Error texts name the reference, never the value.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.errors import HubError
from hub.settings import Settings

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILE_MODES = (0o600, 0o400)


def resolve(value: Any, settings: Settings, where: str = "") -> Any:
    """Replace every reference in a nested configuration by what it stands for.

    Args:
        value: mappings, lists and scalars, as read from a document; not changed.
        settings: the installation.
        where: place of ``value`` for error texts, e.g. ``connections/erp.yaml``.

    Returns:
        A copy of ``value`` without references.

    Raises:
        HubError: a reference leads nowhere, or to a file others could read.
    """
    if isinstance(value, Mapping):
        return {key: resolve(item, settings, f"{where}.{key}" if where else str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, settings, f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, str):
        return _resolve_text(value, settings, where)
    return value


def is_reference(value: object) -> bool:
    """Tell whether a value is a reference.

    >>> is_reference("env:ERP_PASSWORD"), is_reference("file:erp"), is_reference("http://erp")
    (True, True, False)
    """
    return isinstance(value, str) and value.startswith(("env:", "file:"))


def store_secret(settings: Settings, name: str, text: str) -> Path:
    """Write a secret for ``file:`` references, whole or not at all, readable by its owner only.

    Raises:
        HubError: the name leaves the folder, or the folder cannot be written.
    """
    path = _secret_path(settings, name, f"file:{name}")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        settings.secrets.mkdir(parents=True, exist_ok=True)
        settings.secrets.chmod(0o700)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise HubError(f"The secret file:{name} cannot be written to {settings.secrets}: {error.strerror}",
                       "Make the folder writable for the hub's user") from None  # fmt: skip
    return path


def _resolve_text(text: str, settings: Settings, where: str) -> str:
    if not is_reference(text):
        return text
    kind, _, name = text.partition(":")
    named = f"{where}: {text}" if where else text
    return _from_environment(name, settings, named) if kind == "env" else _from_file(name, settings, named)


def _from_environment(name: str, settings: Settings, named: str) -> str:
    if not _ENV_NAME.fullmatch(name):
        raise HubError(f"{named} is no name of an environment variable", "Use letters, digits and underscores")
    value = settings.environment.get(name)
    if not value:
        raise HubError(f"{named} is not set", f"Set the environment variable {name}")
    return value


def _from_file(name: str, settings: Settings, named: str) -> str:
    path = _secret_path(settings, name, named)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a named pipe must not hold us
    except FileNotFoundError:
        raise HubError(f"{named} does not exist", f"Write the value to {path} and set its mode to 0600") from None
    except OSError as error:
        raise HubError(
            f"{named} cannot be read: {error.strerror}", f"Make {path} readable for the hub's user"
        ) from None
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise HubError(f"{named} is no file", f"Put a file at {path}")
        mode = stat.S_IMODE(state.st_mode)
        if mode not in _FILE_MODES:
            raise HubError(f"{named} has mode {mode:04o}, so others may read or run it", f"chmod 600 {path}")
        content = stream.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise HubError(f"{named} is not UTF-8 text", f"Write {path} anew as UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")  # editors end a file with a line end
    if not text:
        raise HubError(f"{named} is empty", f"Write the value to {path}")
    return text


def _secret_path(settings: Settings, name: str, named: str) -> Path:
    folder = settings.secrets.resolve()
    path = settings.secrets / name
    if not name or "\0" in name or path.resolve() == folder or not path.resolve().is_relative_to(folder):
        raise HubError(f"{named} leaves the folder of secrets", f"Name a file inside {settings.secrets}")
    return path
