"""Why a row that could be read was not loaded, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text
from guanxi.records.importing import messages
from guanxi.ui import formats

_SENTENCES: dict[str, type_text] = {
    "no_key": _("Nothing in this row says which %(label)s it is."),
    "missing": _("A new %(label)s needs this value."),
    "in_bin": _("This %(label)s is in the bin. Restore it first."),
    "not_yours": _("This %(label)s belongs to somebody else, or you may not change it."),
    "out_of_reach": _("You can't put a record where you may not see it. Choose another owner, team or territory."),
    "unknown_reference": _("There is no %(label)s “%(value)s”, or you may not see it. What works: %(ways)s."),
    "taken": _("“%(value)s” is taken: another record has it already."),
    "taken_by": _("“%(value)s” is taken: “%(title)s” has it already."),
    "twice": _("“%(value)s” stands in an earlier row of this file; only one record may have it."),
    "taken_meanwhile": _("This %(label)s is in the bin, and another record has its “%(value)s” by now."),
    "ambiguous_reference": _("Several records may be meant by “%(value)s” (%(label)s). What works: %(ways)s."),
}
# The rule that a record would break has brought its own sentence, in the language of the source.
BROKEN_RULE = "refused"


def explain_code(code: str, params: Mapping[str, Any]) -> str:
    """Return why a row was refused, in the active language."""
    if code == BROKEN_RULE:
        return gettext(str(params["sentence"]))
    if code == "taken" and params.get("title"):
        code = "taken_by"
    if code in _SENTENCES:
        # The label was written down by a process without a reader, in the language of the source.
        label = str(params.get("label") or "")
        words = {"value": "", **params, "label": gettext(label) if label else ""}
        words["ways"] = format_list([gettext(way) for way in params.get("ways", ())], "or", formats.active_locale())
        return str(_SENTENCES[code]) % words
    filled = {"value": "", "limit": "", "row": "", "found": "", "expected": "", "name": "", **params}
    return messages.explain(code, filled)
