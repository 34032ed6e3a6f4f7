"""A Java process of ours: started apart from us, found again by its command line, and waited for until it is gone."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil


def spawn(argv: list[str], *, folder: Path, log: Path, environment: Mapping[str, str]) -> int:
    """Starts a process in a session of its own, so that neither Ctrl-C nor a closed terminal reaches it; its number.

    The shell is gone as soon as it has set the working folder, which must not be the user's, and the mode of new files.
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    shell = ["/bin/sh", "-c", 'umask 077; cd "$0" && exec "$@"', str(folder), *argv]
    return os.posix_spawn(shell[0], shell, environment, file_actions=actions, setsid=True)


def find(mark: str, *, first: int = 0) -> psutil.Process | None:
    """The process that has `mark` among its arguments.

    The number `first` is only where to look first, because numbers are given to other processes.
    """
    with suppress(psutil.Error):
        if first:
            process = psutil.Process(first)
            if mark in _command_line(process) or _is_dying_java(process):
                return process
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in _command_line(process):
                return process
    return None


def lives(process: psutil.Process) -> bool:
    """Whether it still holds anything. A child of ours that ended is reaped, so that it does not linger as a zombie."""
    try:
        process.wait(timeout=0)
    except psutil.TimeoutExpired:
        with suppress(psutil.NoSuchProcess):
            return not _is_over(process)
    except psutil.NoSuchProcess:
        pass
    return False


def ends_within(process: psutil.Process, timeout: float) -> bool:
    """Waits for its end, `timeout` seconds at most; whether it ended."""
    deadline = time.monotonic() + timeout
    while lives(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def terminate(process: psutil.Process, timeout: float) -> bool:
    """Asks it to end and waits for that; whether it ended."""
    with suppress(psutil.NoSuchProcess):
        process.terminate()
    return ends_within(process, timeout)


def kill(process: psutil.Process) -> None:
    """Ends it at once and waits until the system has taken back what it held."""
    with suppress(psutil.NoSuchProcess):
        process.kill()
    while lives(process):
        time.sleep(0.02)


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.ZombieProcess:
        return []


def _is_dying_java(process: psutil.Process) -> bool:
    """Killed, and not yet gone: without a command line, its last threads still hold its ports for 0.2 s."""
    return process.name() == "java" and not _command_line(process) and not _is_over(process)


def _is_over(process: psutil.Process) -> bool:
    """A zombie whose threads have all ended: it holds nothing, and only its parent can make it vanish."""
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
