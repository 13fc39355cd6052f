"""What verbs and reaches of a role are called."""

from __future__ import annotations

from django.utils.translation import gettext as _


def verb_words() -> dict[str, str]:
    """Return the verbs of the matrix of a role in its order."""
    return {
        "view": _("View"), "create": _("Create"), "edit": _("Edit"), "delete": _("Delete"), "export": _("Export"),
        "import": _("Import"), "score": _("Score"),
    }  # fmt: skip


def scope_words() -> dict[str, str]:
    """Return how far a verb reaches."""
    return {"none": "—", "own": _("own"), "team": _("team"), "territory": _("territory"), "all": _("all")}
