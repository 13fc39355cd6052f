"""What the tasks of the worker are called on the page of jobs; a test holds that none is missing."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TITLES: dict[str, str | Promise] = {
    "maintenance:make_partitions": _("Make room for coming months"),
    "maintenance:retry_stalled": _("Take up stopped jobs"),
    "api:forget_kept_answers": _("Forget old answers of the API"),
    "outbox:deliver_outbox": _("Send waiting mail"),
    "importing:work_on_import": _("Work on an import"),
    "importing:take_up_imports": _("Take up imports"),
    "shaping:build_shapes": _("Set up new fields and record types"),
    "shaping:clear_shapes": _("Clear away deleted fields and record types"),
    "configuration:take_in_configuration": _("Take in a configuration"),
    "bulk:work_on_bulk": _("Change many records at once"),
    "attachment:sweep_files": _("Clear away what failed uploads left"),
    "notification:send_told": _("Send notifications"),
    "notification:forget_presence": _("Forget who had which page open"),
    "segment:refresh_all": _("Refresh all segments"),
    "segment:refresh": _("Refresh a segment"),
    "scoring:nightly_scores": _("Compute scores every night"),
    "scoring:compute_scores": _("Compute scores"),
}


def title_of(task: str) -> str:
    """Return what a task, "namespace:name", is called; one nobody named, for example of an older version, by that."""
    return str(_TITLES.get(task, task))
