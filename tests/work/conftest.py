"""The world for tests of daily work; each test's writes are taken back."""

from __future__ import annotations

from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]
