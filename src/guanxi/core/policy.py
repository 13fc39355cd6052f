"""Who may call a route: every view declares it, and a view without a declaration is refused.

Record access is not decided here but in ``records.access``; a policy only says who gets past the door.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """The doors: anybody, anybody signed in, administrators only."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ADMINISTRATOR = "administrator"


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(Policy.PUBLIC)
signed_in = _declare(Policy.SIGNED_IN)
administrators = _declare(Policy.ADMINISTRATOR)


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """Return the policy a view declares, looking through wrappers, or None."""
    seen: Any = view
    while seen is not None:
        found = getattr(seen, "policy", None)
        if isinstance(found, Policy):
            return found
        seen = getattr(seen, "__wrapped__", None) or getattr(seen, "view_class", None)
    return None
