"""Runs programs and answers for them: none is started twice, none is left behind.

Each program runs in a session of its own. Its pid file says who it is; besides, every process of it carries a mark in
its environment, by which it is found even if the supervisor was killed between starting it and writing the file. A
supervisor that was killed leaves its programs running: the next one adopts a program that is still wanted as it is,
ends one that is wanted differently, and when it ends itself it ends all that are left.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import psutil

from hub.errors import HubError
from hub.supervisor import processes
from hub.supervisor.identity import Identity
from hub.supervisor.lock import exclusive
from hub.supervisor.program import Program

_POLL_SECONDS = 0.05
_STRAY_SECONDS = 10.0
_QUICK_SECONDS, _QUICK_ENDS = 3.0, 5
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """The one supervisor of a folder; use it as a context manager, in the main thread.

    Ctrl-C, SIGTERM, SIGHUP and exceptions all end the block, and with it every program.

    Args:
        folder: where pid files and the lock file are kept.
        logs: where the programs' output goes, one file each.

    Raises:
        BusyError: another supervisor of this folder is at work.
    """

    def __init__(self, folder: Path, logs: Path) -> None:
        self.folder = folder.absolute()
        self.logs = logs.absolute()
        self._programs: dict[str, Program] = {}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._quick_ends: dict[str, int] = {}
        self._guard = threading.RLock()
        self._spawning = False
        self._pending: int | None = None
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        self._cleanup.enter_context(exclusive(self.folder / "lock", what=f"The supervisor of {self.folder}"))
        for number in _SIGNALS:
            self._cleanup.callback(signal.signal, number, signal.signal(number, self._on_signal))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in _SIGNALS:
            signal.signal(number, _ignore)  # an impatient second Ctrl-C must not leave half of them running
        try:
            self.stop()
            processes.end(processes.marked(self._mark("")), signal.SIGTERM, _STRAY_SECONDS)
        finally:
            self._cleanup.close()

    def start(self, *programs: Program) -> None:
        """Start programs, or adopt them if they still run, and return when all are ready.

        Raises:
            BusyError: a port is taken by somebody else.
            HubError: a program ends or does not become ready in its time.
        """
        with self._guard:
            for program in programs:
                self._programs[program.name] = program
                self._quick_ends[program.name] = 0
                if not self._adopt(program):
                    self._spawn(program)
        for program in programs:
            self._await_ready(program)

    def pid(self, name: str) -> int | None:
        """Process number of a program, ``None`` if it does not run."""
        identity = self._identity(name)
        return identity.pid if identity else None

    def tend(self) -> list[str]:
        """Start again what has died since the last look, and return the names; does not wait until they are ready.

        Raises:
            HubError: a program has ended five times in a row within three seconds of its start; the others are tended.
            BusyError: the port of a program has been taken by somebody else.
        """
        with self._guard:
            dead = [program for program in self._programs.values() if self._identity(program.name) is None]
            hopeless = [program.name for program in dead if self._ends_again_and_again(program.name)]
            for program in dead:
                if program.name not in hopeless:
                    self._end(program)
                    self._spawn(program)
            if hopeless:
                raise HubError(f"{hopeless[0]} ends again and again", f"Its log says why: {self._log(hopeless[0])}")
            return [program.name for program in dead]

    def restart(self, *names: str) -> None:
        """End the named programs, all of them before the first is started again; does not wait until they are ready.

        Raises:
            BusyError: the port of a program has been taken by somebody else.
            HubError: a program cannot be started.
        """
        with self._guard:
            programs = [self._programs[name] for name in names]
            for program in reversed(programs):
                self._end(program)
            for program in programs:
                self._quick_ends[program.name] = 0
                self._spawn(program)

    def watch(self, until: threading.Event, every_seconds: float = 0.5) -> None:
        """Tend the programs until the event is set; may run in a thread.

        Raises:
            HubError: as :meth:`tend`.
        """
        while not until.wait(every_seconds):
            self.tend()

    def stop(self, *names: str) -> None:
        """End the named programs, or all: first in good order, then by force; in reverse order of their start."""
        with self._guard:
            for name in reversed(names or tuple(self._programs)):
                self._end(self._programs[name])
                del self._programs[name]

    def _adopt(self, program: Program) -> bool:
        """Take over what an earlier supervisor left, if it is what we want; else end what is left of it."""
        identity = self._identity(program.name)
        if identity is not None and identity.recipe == program.recipe:
            return True
        self._end(program)
        return False

    def _ends_again_and_again(self, name: str) -> bool:
        quick = time.monotonic() - self._started.get(name, 0.0) < _QUICK_SECONDS
        self._quick_ends[name] = self._quick_ends[name] + 1 if quick else 0
        return self._quick_ends[name] >= _QUICK_ENDS

    def _spawn(self, program: Program) -> None:
        program.check_port()
        self.logs.mkdir(parents=True, exist_ok=True)
        self._started[program.name] = time.monotonic()
        self._spawning = True  # a signal between fork and pid file waits until the file is there
        try:
            with self._log(program.name).open("ab") as log:
                child = subprocess.Popen(
                    program.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**program.environment, processes.MARK: self._mark(program.name)},
                    cwd=program.folder,
                    start_new_session=True,
                )
            self._children[program.name] = child
            Identity.of(child.pid, program.recipe).write(self._pid_file(program.name))
        except OSError as error:
            raise HubError(
                f"{program.name} cannot be started: {error.strerror}: {error.filename}",
                "Check that its program is installed",
            ) from None
        finally:
            self._spawning = False
        if self._pending is not None:
            number, self._pending = self._pending, None
            os.kill(os.getpid(), number)  # not raised here: this may be the thread that watches

    def _await_ready(self, program: Program) -> None:
        deadline = time.monotonic() + program.ready_seconds
        while not program.ready():
            if self._identity(program.name) is None:
                raise HubError(f"{program.name} has ended by itself", f"Its log says why: {self._log(program.name)}")
            if time.monotonic() > deadline:
                raise HubError(
                    f"{program.name} is not ready after {program.ready_seconds:.0f} s",
                    f"Its log says why: {self._log(program.name)}",
                )
            time.sleep(_POLL_SECONDS)

    def _end(self, program: Program) -> None:
        """End every process of a program, also those that outlived the one we started."""
        while members := self._members(program.name):
            processes.end(members, program.stop_signal, program.stop_seconds)
        child = self._children.pop(program.name, None)
        if child is not None:
            child.wait()
        self._pid_file(program.name).unlink(missing_ok=True)

    def _identity(self, name: str) -> Identity | None:
        """The process we started or adopted, if it still lives."""
        child = self._children.get(name)
        if child is not None:
            child.poll()  # takes note of its end, else it would stay a zombie
        identity = Identity.read(self._pid_file(name))
        if identity is not None and identity.is_alive():
            return identity
        return None

    def _members(self, name: str) -> list[psutil.Process]:
        """All living processes of a program."""
        found = {process.pid: process for process in processes.marked(self._mark(name))}
        identity = self._identity(name)
        if identity is not None:  # also one that has overwritten its environment
            found[identity.pid] = psutil.Process(identity.pid)
        return list(found.values())

    def _mark(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def _pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._spawning:
            self._pending = number
        elif number == signal.SIGINT:
            raise KeyboardInterrupt
        else:
            raise SystemExit(128 + number)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Unlike SIG_IGN this is not inherited by children."""
