"""The frame of the story pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guanxi.ui.environment import language
from guanxi.ui.shell import CreateItem, Crumb, Density, NavGroup, NavItem, Shell, Shortcut, Theme


def story_shell(title: str, current: str, theme: Theme = "system", density: Density = "standard") -> Shell:
    """Return a frame with the navigation of a sales company; ``current`` is the story that is open."""
    return Shell(
        title=title,
        company=_("Pujiang Instruments"),
        user_name=_("Chen Jing"),
        user_email="chen.jing@pujiang.example",
        nav=_places(current),
        breadcrumbs=(Crumb(_("Stories"), "/ui/"),),
        create=(
            CreateItem(_("Customer"), "/ui/dialog", "user-plus"),
            CreateItem(_("Task"), "/ui/dialog", "square-check"),
        ),
        shortcuts=_shortcuts(),
        language=language(),
        theme=theme,
        density=density,
        home_url="/ui/",
        palette_url="/ui/palette",
        settings_url="/ui/form",
        sign_out_url="/ui/signin",
        jobs_url="/ui/",
        jobs_running=1,
    )


def _places(current: str) -> tuple[NavGroup, ...]:
    def item(name: str, label: str, icon: str, count: int | None = None, key: str = "", alert: bool = False) -> NavItem:
        return NavItem(label, f"/ui/{name}", icon, count, name == current, alert, key)

    return (
        NavGroup(
            _("Work"),
            (
                item("", _("Components"), "layers"),
                item("form", _("Form"), "square-check", 5),
                item("signin", _("Sign in"), "key"),
            ),
        ),
        NavGroup(
            _("Customers"),
            (
                item("list", _("Customers"), "users", 12482, "c"),
                item("record", _("Customer page"), "user", key="r"),
                item("empty", _("Empty list"), "inbox", 3, alert=True),
            ),
        ),
        NavGroup(_("Sales"), (item("board", _("Opportunities"), "circle-dollar-sign", key="o"),)),
        NavGroup(_("Insights"), (item("value", _("Customer value"), "gem", key="v"),)),
    )


def _shortcuts() -> tuple[Shortcut, ...]:
    return (
        Shortcut("Ctrl K", _("Search or jump to anything"), _("Everywhere")),
        Shortcut("?", _("Show these shortcuts"), _("Everywhere")),
        Shortcut("c", _("Create…"), _("Everywhere")),
        Shortcut("g c", _("Go to customers"), _("Everywhere")),
        Shortcut("/", _("Search this list"), _("List")),
        Shortcut("j", _("Next row"), _("List")),
        Shortcut("k", _("Previous row"), _("List")),
        Shortcut("x", _("Select the row"), _("List")),
        Shortcut("Space", _("Look at the row beside the list"), _("List")),
        Shortcut("[", _("Move the card one stage back"), _("Board")),
        Shortcut("]", _("Move the card one stage on"), _("Board")),
    )
