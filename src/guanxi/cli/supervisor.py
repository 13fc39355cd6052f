"""Keep an installation running: database, web and worker; restart what dies, stop all together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from guanxi.cli.console import console
from guanxi.cli.failure import CommandFailed
from guanxi.cli.process import free_port, hold_lock
from guanxi.core import postgres

_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_GRACE_SECONDS = 20.0
_READY_SECONDS = 90.0
_TICK_SECONDS = 0.25
_LARGEST_LOG = 10_000_000


@dataclass
class Child:
    """A process that is kept running. ``pause`` is the wait before the next restart, in seconds."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause: float = 0.5
    started: float = 0.0
    due: float = 0.0
    restarts: int = 0

    @property
    def log(self) -> Path:
        """Where the process writes its messages."""
        return postgres.home() / "logs" / f"{self.name}.log"

    def log_end(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C in the terminal reaches only us."""
        environment = {**os.environ, "GUANXI_PARENT": str(os.getpid()), "GUANXI_DB_ROLE": "app"}
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "guanxi.cli", *self.arguments],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.started = time.monotonic()

    def watch(self, now: float) -> None:
        """Restart the process if it died, waiting longer each time it dies early."""
        if self.process is not None and self.process.poll() is not None:
            if now - self.started > _STEADY_SECONDS:
                self.pause = 0.5
            console().print(
                f"{self.name} ended with {self.process.returncode}; starting again in {self.pause:g} s. See {self.log}."
            )
            self.process, self.due = None, now + self.pause
            self.pause = min(self.pause * 2, _LONGEST_PAUSE_SECONDS)
            self.restarts += 1
        if self.process is None and now >= self.due:
            self.start()

    def ask_to_stop(self) -> None:
        """Send the polite signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for the end until ``deadline`` (monotonic clock), then force it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Supervisor:
    """One running installation. Only one may run per data folder; the lock dies with the process."""

    port: int = 8000
    workers: int = 2
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        return f"http://127.0.0.1:{self.port}/"

    def prepare(self) -> None:
        """Take the installation for ourselves and catch the signals that end us. Raises ``CommandFailed``."""
        if hold_lock(postgres.make_home() / "supervisor.lock") is None:
            shown = _recorded_address()
            raise CommandFailed(f"Guanxi is already running{shown}. Stop it there with Ctrl-C first.")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self) -> None:
        """Start web and worker and wait until the web answers. Raises ``CommandFailed`` when it does not."""
        # The web process of a killed supervisor holds this lock until it has left its port.
        descriptor = hold_lock(postgres.home() / "web.lock", _GRACE_SECONDS)
        if descriptor is not None:
            os.close(descriptor)
        self.port = free_port(self.port)
        (postgres.home() / "address").write_text(self.address, encoding="ascii")
        self.children = [Child("web", ["serve", "--port", str(self.port), "--workers", str(self.workers)])]
        self._await_ready()
        self.children.append(Child("worker", ["worker"]))  # after the web, so that the first page comes sooner
        self.watch()

    def run(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Watch over database and children until a signal asks us to stop."""
        while not self.stopping.wait(_TICK_SECONDS):
            self.watch()
            each_tick()

    def watch(self) -> None:
        """Look once at everything that should run and bring back what does not."""
        now = time.monotonic()
        if not os.environ.get("GUANXI_DATABASE_URL") and not postgres.is_alive():
            console().print("The database ended; starting it again.")
            postgres.ensure_running()
        for child in self.children:
            child.watch(now)

    def stop(self) -> None:
        """Stop worker and web; their work in hand gets up to 20 s."""
        deadline = time.monotonic() + _GRACE_SECONDS
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait(deadline)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and not self.stopping.is_set():
            if answers(self.address):
                return
            if self.children[0].restarts > 2:
                break
            self.watch()
            self.stopping.wait(0.1)
        if not self.stopping.is_set():
            web = self.children[0]
            raise CommandFailed(f"The web server does not answer at {self.address}. {web.log} ends:\n{web.log_end()}")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set() and number == signal.SIGINT:  # a second Ctrl-C: no more patience
            for child in self.children:
                if child.process is not None and child.process.poll() is None:
                    os.killpg(child.process.pid, signal.SIGKILL)
        self.stopping.set()


def answers(address: str) -> bool:
    """Tell whether a web server answers at ``address`` with anything but an error of its own."""
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _recorded_address() -> str:
    try:
        return " at " + (postgres.home() / "address").read_text(encoding="ascii")
    except FileNotFoundError:
        return ""
