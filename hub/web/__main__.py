"""``python -m hub.web``: serves the pages."""

from __future__ import annotations

import argparse
import sys

import uvicorn

from hub.errors import HubError
from hub.settings import load
from hub.web.app import make_app
from hub.web.installation import Installation


def main() -> int:
    """Serve until a signal; ``--port 0`` takes any free port, and the log says which."""
    parser = argparse.ArgumentParser(prog="python -m hub.web", description="Serve the screens of the customer hub.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on")
    asked = parser.parse_args()
    try:
        installation = Installation(load())
        with installation.begin():
            pass  # say now, not to the first reader, that there is no database
    except HubError as error:
        sys.stderr.write(f"hub: {error}\n")
        return error.exit_code
    # no access log: it would be a second, unguarded list of who looked at whom
    uvicorn.run(make_app(installation), host=asked.host, port=asked.port, access_log=False, server_header=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
