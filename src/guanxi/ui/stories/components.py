"""Every component in every state."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from guanxi.ui.charts import circle_layout
from guanxi.ui.parts import Option
from guanxi.ui.stories.lists import story_board, story_empty_list, story_list
from guanxi.ui.stories.records import story_form, story_record, story_steps


def story_components() -> dict[str, Any]:
    """Return the values that the component story shows."""
    people = (("me", "林晓梅"), ("zhou", "Zhou Hao"), ("wu", "吴琳"), ("mei", "Mei Lin"))
    return {
        "list": story_list(),
        "board": story_board(),
        "empties": [story_empty_list(kind).empty for kind in ("first", "none", "denied")],
        "record": story_record(),
        "form": story_form(True),
        "steps": story_steps(),
        "conditions": _conditions(),
        "nodes": circle_layout(people),
        "edges": [
            ("me", "zhou", _("husband"), "strong"),
            ("me", "wu", _("referred"), "ref"),
            ("me", "mei", _("sister"), ""),
        ],
    }


def _conditions() -> dict[str, Any]:
    fields = [Option("country", _("Country")), Option("tier", _("Value tier")), Option("last", _("Last order"))]
    operators = [Option("is", _("is")), Option("in", _("is any of")), Option("within", _("within"))]

    def row(name: str, field: str, operator: str, value: str, count: int | None, error: str = "") -> dict[str, Any]:
        text = Markup('<span class="input rule-input"><input value="{}" aria-label="{}"></span>').format(
            value, _("Value")
        )
        return {
            "name": name,
            "field": field,
            "field_options": fields,
            "operator": operator,
            "operator_options": operators,
            "value": text,
            "error": error,
            "count": count,
            "share": None if count is None else count / 12482,
        }

    inner = {
        "op": "any",
        "name": "c.1",
        "parts": [row("c.1.0", "tier", "in", _("Gold"), 3120), row("c.1.1", "last", "within", _("30 days"), 2417)],
    }
    outer = [
        row("c.0", "country", "is", _("China"), 9874),
        inner,
        row("c.2", "tier", "is", "", None, _("Choose a value")),
    ]
    return {"op": "all", "name": "c", "parts": outer}
