"""The frame around every page: company, user, navigation and preferences, from the registry and the actor."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every template needs besides its own context."""
    return {}
