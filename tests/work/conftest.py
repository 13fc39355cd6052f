"""The world for tests of daily work, whose writes are taken back; a folder of files, and commits, for one test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]
Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of files for one test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Committed:
    """``with committed():`` runs what waits for the commit, as changes made over the web do."""

    def block() -> AbstractContextManager[Any]:
        return django_capture_on_commit_callbacks(execute=True)

    return block
