"""What a template may look at many times or not at all: worked out at the first look, then kept for the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guanxi.ui.shell import Shell

_SHOWN = "guanxi_shown_token"
_NAMES = tuple(item.name for item in fields(Shell))


class LaterShell:
    """Stands for a ``Shell``; at the first look it takes over all its values, so that a second look costs nothing."""

    def __init__(self, build: Callable[[], Shell]) -> None:
        self._build = build

    def __getattr__(self, name: str) -> Any:
        """Return what isn't here yet."""
        if name.startswith("_"):
            raise AttributeError(name)
        shell = self._build()
        self._build = lambda: shell
        self.__dict__.update({item: getattr(shell, item) for item in _NAMES})
        return getattr(shell, name)


def shown_token(request: HttpRequest) -> str:
    """Return the security token for the forms of this answer, masked once for all of them."""
    known: tuple[str, str] | None = request.META.get(_SHOWN)
    if known is None or known[0] != request.META.get("CSRF_COOKIE"):
        masked = get_token(request)
        known = request.META[_SHOWN] = (request.META["CSRF_COOKIE"], masked)
    return known[1]


def _token_input(request: HttpRequest) -> SafeString:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', shown_token(request))


token_later = lazy(shown_token, str)
token_input_later = lazy(_token_input, SafeString, str)
