"""`./guanxi` works from anywhere, adds little to a second start, and leaves alone what did not change."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "guanxi"


def launch(*words: str, launcher: Path = LAUNCHER, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [launcher, *words], check=False, capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _is_set_up() -> None:
    done = launch("--version")
    assert done.returncode == 0, done.stderr


def test_a_second_start_is_quiet_and_adds_less_than_a_second() -> None:
    def seconds(**environment: str) -> float:
        started = time.perf_counter()
        done = launch("--version", **environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "0.1.0\n", "")
        return time.perf_counter() - started

    alone = min(seconds(GUANXI_NO_SETUP="1") for _ in range(3))
    assert min(seconds() for _ in range(3)) - alone < 1.0


def test_a_link_to_the_launcher_from_a_path_with_spaces_works(tmp_path: Path) -> None:
    link = tmp_path / "my programs" / "guanxi"
    link.parent.mkdir()
    link.symlink_to(LAUNCHER)

    assert launch("--version", launcher=link).stdout == "0.1.0\n"


def test_exit_codes_pass_through() -> None:
    assert launch("fly").returncode == 2


def test_an_old_python_is_refused_with_a_sentence(tmp_path: Path) -> None:
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    shutil.copy2(LAUNCHER, checkout)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "readlink", "mkdir", "flock", "sha256sum", "cut", "tail", "rm", "env"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    old = programs / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = launch("--version", launcher=checkout / "guanxi", PATH=str(programs))

    assert done.returncode == 1
    assert "Guanxi needs Python 3.11 or newer" in done.stderr
