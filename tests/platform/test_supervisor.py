"""`./guanxi up` brings back whatever of it is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from guanxi.cli.process import free_port
from guanxi.cli.supervisor import answers
from guanxi.core import postgres
from guanxi.core.postgres.cluster import locate_cluster

PATIENCE_SECONDS = 90.0


class Installation:
    """An installation in a folder of its own, run as people run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port(8700)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        environment = {**os.environ, "GUANXI_HOME": str(self.folder)}
        environment.pop("GUANXI_DB_ROLE", None)
        words = [sys.executable, "-m", "guanxi.cli", "up", "--port", str(self.port), "--workers", "1"]
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        self.await_(lambda: answers(self.address), "the web answers")
        self.await_(lambda: len(self.children("worker")) == 1, "the worker runs")

    def children(self, word: str = "") -> list[int]:
        """The live processes of this installation that were started with a command word."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().decode().split("\0")
                is_ours = f"GUANXI_HOME={self.folder}\0" in (entry / "environ").read_bytes().decode()
            except (OSError, UnicodeDecodeError):
                continue
            if is_ours and "guanxi.cli" in words and (not word or words[words.index("guanxi.cli") + 1] == word):
                found.append(int(entry.name))
        return sorted(found)

    def await_(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {(self.folder / 'up.log').read_text()[-3000:]}"
            time.sleep(0.1)

    def stop(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="guanxi up "))
    folder.chmod(0o755)
    made = Installation(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUANXI_HOME", str(folder))
        patch.delenv("GUANXI_DATABASE_URL", raising=False)
        made.start()
        yield made
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
        postgres.stop()
        shutil.rmtree(locate_cluster(folder).root, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_a_killed_process_comes_back(installation: Installation, word: str) -> None:
    before = installation.children(word)
    os.kill(before[0], signal.SIGKILL)

    installation.await_(lambda: bool(set(installation.children(word)) - set(before)), f"a new {word}")
    installation.await_(lambda: answers(installation.address), "the web answers again")


def test_a_killed_database_comes_back_and_keeps_what_it_acknowledged(installation: Installation) -> None:
    urls = postgres.urls()
    assert urls is not None
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server = postgres.status().pid
    assert server is not None
    os.kill(server, signal.SIGKILL)

    installation.await_(lambda: postgres.status().is_running and postgres.status().pid != server, "a new server")
    installation.await_(lambda: answers(installation.address), "the web answers again")
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]


def test_connections_that_say_nothing_keep_nobody_out(installation: Installation) -> None:
    silent = [socket.create_connection(("127.0.0.1", installation.port)) for _number in range(300)]
    try:
        assert answers(installation.address)
    finally:
        for connection in silent:
            connection.close()


def test_a_second_start_of_the_same_installation_is_refused(installation: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "guanxi.cli", "up"],
        check=False, capture_output=True, text=True, env={**os.environ, "GUANXI_HOME": str(installation.folder)},
    )  # fmt: skip

    assert done.returncode == 1
    assert f"already running at {installation.address}" in done.stderr


def test_after_a_kill_of_everything_the_next_start_serves_at_the_same_address(installation: Installation) -> None:
    server = postgres.status().pid
    assert server is not None
    for pid in [*installation.children(), server]:
        os.kill(pid, signal.SIGKILL)
    assert installation.process is not None
    installation.process.wait()

    installation.start()

    assert answers(installation.address)


def test_children_die_with_a_killed_supervisor(installation: Installation) -> None:
    assert installation.process is not None
    installation.process.kill()
    installation.process.wait()

    installation.await_(lambda: installation.children() == [], "all have left")
    installation.start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_with_the_database(installation: Installation, number: signal.Signals) -> None:
    assert installation.process is not None
    if installation.process.poll() is not None:
        installation.start()

    assert installation.stop(number) == 0
    assert installation.children() == []
    assert not postgres.is_alive()
