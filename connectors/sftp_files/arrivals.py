"""Tell complete files from those still being written."""

import fnmatch
import time
from collections.abc import Callable

from connectors.sftp_files.place import Version, version_of
from connectors.transport.sftp import RemoteFile

UNFINISHED = (".tmp", ".part", ".filepart")


def is_candidate(name: str, pattern: str) -> bool:
    """Return whether a file of this name is for us and is not marked as unfinished.

    Example:
        >>> [is_candidate(name, "d_*") for name in ("d_1.csv", "d_1.csv.tmp", ".d_1.csv", "e_1.csv")]
        [True, False, False, False]
    """
    return fnmatch.fnmatchcase(name, pattern) and not name.startswith(".") and not name.casefold().endswith(UNFINISHED)


class Sightings:
    """Remembers since when each file looks the way it does.

    A file is complete when its size and time were the same in two listings some seconds apart: an upload goes on
    changing them, and times alone prove nothing, as many programs set the time of the original at the end.

    Args:
        settle_seconds: how far apart.
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, settle_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle_seconds = settle_seconds
        self._clock = clock
        self._seen: dict[str, dict[str, tuple[Version, float]]] = {}

    def note(self, folder: str, files: list[RemoteFile]) -> None:
        """Take down a listing of a folder; what is not in it is forgotten."""
        now = self._clock()
        before = self._seen.get(folder, {})
        self._seen[folder] = {}
        for file in files:
            version, since = before.get(file.name, (None, now))
            self._seen[folder][file.name] = (version_of(file), since if version == version_of(file) else now)

    def seconds_until_complete(self, folder: str, file: RemoteFile) -> float:
        """Return how much longer this version must stay as it is; 0 if it is complete."""
        version, since = self._seen.get(folder, {}).get(file.name, (None, 0.0))
        if version != version_of(file):
            return self._settle_seconds
        return max(0.0, since + self._settle_seconds - self._clock())
