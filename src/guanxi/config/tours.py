"""Short walks around a screen: at most five steps, each beside the thing it speaks of."""

from __future__ import annotations

from django.utils.translation import gettext as _

MOST_STEPS = 5


def steps_of(name: str) -> tuple[tuple[str, str, str], ...]:
    """Return the steps of a tour as selector, title and text; empty for an unknown one.

    A step whose selector finds nothing on the screen is left out by the browser.
    """
    tours = {"home": _home, "list": _list, "record": _record}
    return tours[name]()[:MOST_STEPS] if name in tours else ()


def _home() -> tuple[tuple[str, str, str], ...]:
    return (
        (".home-card", _("Your day"), _("Tasks due first, customers going quiet, what was said last.")),
        (".sidebar-nav, .bottom-bar", _("Places"), _("Every kind of record has its list. G and a letter goes there.")),
        (
            ".search-button, [data-palette-open]",
            _("Search everything"),
            _("Ctrl K finds people, numbers and commands, also with a typing mistake."),
        ),
        ("[popovertarget='create-menu']", _("New records"), _("C makes something new from anywhere.")),
        ("[data-dialog-open='help-dialog']", _("Help"), _("The question mark shows the keys of each screen.")),
    )


def _list() -> tuple[tuple[str, str, str], ...]:
    return (
        (".view-tabs", _("Views"), _("Each tab is a saved set of filters, columns and sorting.")),
        (".filter-bar", _("Filters"), _("Add conditions; the address keeps them, so a list can be passed on.")),
        ("thead th:nth-child(2), #list-rows [data-row]", _("Columns"),
         _("A column's arrow sorts, groups, pins and hides it.")),
        ("#list-rows [data-row]", _("Rows"), _("J and K walk, Space looks, Enter opens, X selects many.")),
    )  # fmt: skip


def _record() -> tuple[tuple[str, str, str], ...]:
    return (
        ("#record-highlights", _("At a glance"), _("What matters most; each figure opens the rows behind it.")),
        ("#record-details", _("Fields"), _("Click a value to change it. Every change can be taken back.")),
        (".composer", _("Write"), _("Notes, tasks and interactions stay on the timeline below.")),
        (".record-right", _("Around it"), _("Orders, people, files and everything else that belongs here.")),
    )
