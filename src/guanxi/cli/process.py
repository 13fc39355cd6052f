"""Child processes that cannot outlive the supervisor, and locks that die with their holder."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send this process a signal when its parent dies, however that dies (Linux only).

    Exits at once if the parent died before the request. Has no effect elsewhere.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    expected = os.environ.get("GUANXI_PARENT")
    if expected and int(expected) != os.getppid():
        sys.exit(0)


def hold_lock(path: Path, patience_seconds: float = 0.0) -> int | None:
    """Take the lock of a file for the rest of this process's life; None when another process keeps it that long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.1)


def free_port(wanted: int, host: str = "127.0.0.1", tries: int = 50) -> int:
    """Return ``wanted`` or the next port after it that nobody listens on. Raises ``OSError`` after ``tries``."""
    for port in range(wanted, wanted + tries):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} to {wanted + tries - 1}")
