"""The world for the time machine."""

from __future__ import annotations

from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]
