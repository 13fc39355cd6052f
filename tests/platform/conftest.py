"""An installation of its own for tests that start, kill and restore database servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.core import postgres
from guanxi.core.postgres.cluster import Cluster, locate_cluster


@pytest.fixture
def other_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty installation folder that nobody else uses; its server is stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="guanxi platform "))
    folder.chmod(0o755)
    monkeypatch.setenv("GUANXI_HOME", str(folder))
    monkeypatch.delenv("GUANXI_DATABASE_URL", raising=False)
    yield folder
    monkeypatch.setenv("GUANXI_HOME", str(folder))
    monkeypatch.delenv("GUANXI_DATABASE_URL", raising=False)
    postgres.stop()
    real = locate_cluster(folder).root
    shutil.rmtree(real, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(other_home: Path) -> Cluster:
    """The running server of that installation."""
    postgres.ensure_running()
    return locate_cluster(other_home)
