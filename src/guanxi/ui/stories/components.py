"""Every component in every state."""

from __future__ import annotations

from typing import Any

from guanxi.ui.stories.lists import story_empty_list, story_list
from guanxi.ui.stories.records import story_form, story_record, story_steps


def story_components() -> dict[str, Any]:
    """Return the values that the component story shows."""
    return {
        "list": story_list(),
        "empties": [story_empty_list(kind).empty for kind in ("first", "none", "denied")],
        "record": story_record(),
        "form": story_form(True),
        "steps": story_steps(),
    }
