"""The demo's SFTP server: one user, one folder, a host key of its own, no shell.

``python -m hub.demo.systems.sftp --root DIR --port N --user U --password-file F --host-key FILE`` serves until SIGTERM.
"""

import argparse
import asyncio
import hmac
import signal
import sys
from pathlib import Path


def argv(root: Path, port: int, user: str, password_file: Path, host_key: Path) -> list[str]:
    """Return the command line that starts the server on the loopback interface.

    Args:
        root: folder the user sees as ``/``; made if missing.
        port: TCP port.
        user: login name.
        password_file: file that holds the password and nothing else.
        host_key: file of the private host key; made if missing.
    """
    options = {"root": root, "port": port, "user": user, "password-file": password_file, "host-key": host_key}
    command = [sys.executable, "-m", "hub.demo.systems.sftp"]
    return command + [part for name, value in options.items() for part in (f"--{name}", str(value))]


def host_key_line(path: Path) -> str:
    """Return the public host key, ``ssh-ed25519 AAAA…``, as a connection document pins it; make the key if missing.

    Args:
        path: file of the private key.
    """
    import asyncssh  # noqa: PLC0415 - only where the demo is installed

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.touch(mode=0o600)
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(draft)
        draft.replace(path)
    kind, key, *_ = asyncssh.read_private_key(path).export_public_key().decode().split()
    return f"{kind} {key}"


async def serve(bind: str, root: Path, port: int, user: str, password: str, host_key: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    import asyncssh  # noqa: PLC0415 - only where the demo is installed

    class Door(asyncssh.SSHServer):
        """Lets one user in, by password."""

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            right = hmac.compare_digest(given.encode(), password.encode())
            return right and username == user

    root.mkdir(parents=True, exist_ok=True)
    host_key_line(host_key)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncssh.listen(
        bind,
        port,
        server_factory=Door,
        server_host_keys=[str(host_key)],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        allow_scp=False,
        keepalive_interval=30,
    ):
        await stop.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="the demo's SFTP server")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--host-key", type=Path, required=True)
    parser.add_argument("--bind", default="127.0.0.1")
    options = parser.parse_args()
    password = options.password_file.read_text(encoding="utf-8").strip()
    asyncio.run(serve(options.bind, options.root, options.port, options.user, password, options.host_key))


if __name__ == "__main__":
    main()
