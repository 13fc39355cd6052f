"""Words for runs: steps, states, versions, windows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text

_STEPS: dict[str, type_text] = {
    "read": _("Reading the facts"),
    "compute": _("Computing"),
    "store": _("Storing the scores"),
}
STATE_COLORS = {"running": "blue", "done": "green", "failed": "red"}


def step_text(step: str) -> type_text:
    """Return the words for a step of a run; a step without words is shown as it is."""
    return _STEPS.get(step, step)
