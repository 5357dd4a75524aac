"""The daemon's own process: ``python -m hub.schedule [PORT]``."""

import sys

from hub.errors import HubError
from hub.schedule.daemon import say, serve
from hub.settings import load

if __name__ == "__main__":
    try:
        serve(load(), int(sys.argv[1]) if len(sys.argv) > 1 else None)
    except HubError as error:
        say(str(error))
        sys.exit(error.exit_code)
