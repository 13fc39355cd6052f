"""Background jobs of all features, for the worker to find."""

from __future__ import annotations

from procrastinate import App


def ready(app: App) -> None:
    """Called once when the job queue is ready."""
