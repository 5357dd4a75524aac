"""The demo's mail server: one user, one mailbox in a Maildir, IMAP on the loopback interface without encryption.

``python -m hub.demo.systems.mail --root DIR --port N --user U --password-file F`` serves until SIGTERM. ``deliver``
puts mails into the mailbox, as a mail transfer agent would, whether the server runs or not.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

HASH_ROUNDS = 1000
"""Few, for a password that protects made-up mails and is checked at every connection."""


def argv(root: Path, port: int, user: str, password_file: Path) -> list[str]:
    """Return the command line that starts the server on the loopback interface.

    Args:
        root: folder with the mailbox and what the server keeps; made if missing.
        port: TCP port.
        user: login name.
        password_file: file that holds the password and nothing else.
    """
    options = {"root": root, "port": port, "user": user, "password-file": password_file}
    command = [sys.executable, "-m", "hub.demo.systems.mail"]
    return command + [part for name, value in options.items() for part in (f"--{name}", str(value))]


def mailbox(root: Path, user: str) -> Path:
    """Return the user's Maildir, the INBOX; make it if missing.

    Args:
        root: as given to :func:`argv`.
        user: login name.
    """
    folder = root / user
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def deliver(root: Path, user: str, mails: Iterable[tuple[str, bytes, datetime]]) -> int:
    """Put mails into the INBOX; a mail that is there already is left alone, so that a delivery may be repeated.

    Args:
        root: as given to :func:`argv`.
        user: login name.
        mails: for each a name of its own (letters, digits, ``-`` and ``_``), its bytes, and when the server got it.

    Returns:
        How many were new.
    """
    folder = mailbox(root, user)
    present = {path.name.partition(":")[0] for name in ("new", "cur") for path in (folder / name).iterdir()}
    delivered = 0
    for name, raw, received in mails:
        unique = f"{int(received.timestamp())}.{name}.hub"
        if unique in present:
            continue
        draft = folder / "tmp" / unique
        draft.write_bytes(raw)
        os.utime(draft, (received.timestamp(), received.timestamp()))  # the server's INTERNALDATE
        draft.rename(folder / "new" / unique)
        delivered += 1
    return delivered


def serve(bind: str, root: Path, port: int, user: str, password: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    from pymap.main import main as pymap  # noqa: PLC0415 - only where the demo is installed
    from pysasl.hashing import BuiltinHash  # noqa: PLC0415

    mailbox(root, user)
    drafts = root / ".drafts"
    drafts.mkdir(exist_ok=True)
    tempfile.tempdir = str(drafts)  # pymap renames temporary files into the mailbox: they must share its file system
    shadow = root / "pymap-etc-shadow"
    shadow.touch(mode=0o600)
    shadow.write_text(f"{user}:{BuiltinHash(rounds=HASH_ROUNDS).hash(password)}:::::::\n", encoding="utf-8")
    (root / "pymap-etc-passwd").write_text(f"{user}:x::::{user}:\n", encoding="utf-8")
    sys.argv[1:] = ["--host", bind, "--port", str(port), "--no-tls", "maildir", str(root)]
    pymap()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="the demo's mail server")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--bind", default="127.0.0.1")
    options = parser.parse_args()
    password = options.password_file.read_text(encoding="utf-8").strip()
    serve(options.bind, options.root, options.port, options.user, password)


if __name__ == "__main__":
    main()
