"""The world for tests of daily work, whose writes are taken back; and a folder of files for one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of files for one test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"
