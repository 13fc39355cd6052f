"""What the frame around every page shows: company, user, navigation, breadcrumb, preferences.

A page hands one ``Shell`` to its template as ``shell``; who builds it (the records package) knows the registry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Theme = Literal["system", "light", "dark"]
Density = Literal["compact", "standard", "comfortable"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the sidebar. ``key`` is the second key after ``g`` (“c” for g c); ``alert`` stresses the count."""

    label: str
    url: str
    icon: str
    count: int | None = None
    current: bool = False
    alert: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A group of places under a small heading; the first group may have none."""

    label: str
    items: tuple[NavItem, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; the page's own title follows as its last item and only ``h1``."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CreateItem:
    """Something that can be created from anywhere; ``url`` answers the quick-create dialog as a fragment."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A row of the help dialog: keys as shown (“g c”, “Ctrl K”) and what they do, under a heading.

    ``where`` selects what a screen must hold for the group to be shown on it; empty for those that work everywhere.
    """

    keys: str
    label: str
    group: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the frame needs. Addresses left empty hide their control.

    ``title`` is the page's name (``h1`` and browser title); ``language`` is a BCP 47 tag such as ``zh-Hans``.
    ``palette_url`` answers ``{"groups": [{"label", "items": [{"label", "detail", "icon", "url"}]}]}`` for ``?q=``.
    ``preference_url`` takes POST ``name`` and ``value``; ``language_url`` takes POST ``language``.
    ``user_id`` tells a device whose pages it keeps.
    ``bell_url`` answers what stands under the bell; ``live_url`` takes what the open pages of a browser ask.
    ``said`` is shown once as a toast, ``said_undo`` is the address that takes back what it tells.
    """

    title: str
    company: str
    user_name: str
    user_email: str = ""
    nav: tuple[NavGroup, ...] = ()
    breadcrumbs: tuple[Crumb, ...] = ()
    create: tuple[CreateItem, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    language: str = "en"
    theme: Theme = "system"
    density: Density = "standard"
    shortcuts_on: bool = True
    sidebar_collapsed: bool = False
    home_url: str = "/"
    palette_url: str = ""
    preference_url: str = ""
    language_url: str = ""
    settings_url: str = ""
    bell_url: str = ""
    live_url: str = ""
    changes_url: str = ""
    sign_out_url: str = ""
    jobs_url: str = ""
    jobs_running: int = 0
    notice: str = ""
    said: str = ""
    said_undo: str = ""
    user_id: int = 0
    phone_nav: tuple[NavItem, ...] = field(default=())

    @property
    def shortcut_groups(self) -> tuple[tuple[str, tuple[Shortcut, ...]], ...]:
        """Return the shortcuts by their heading, in the order in which they were given."""
        return tuple((group, tuple(rows)) for group, rows in groupby(self.shortcuts, key=lambda row: row.group))

    @property
    def part_key(self) -> tuple[object, ...]:
        """Return everything that sidebar and dialogs show: two frames with equal keys look alike there."""
        return (
            self.company, self.user_name, self.user_email, self.nav, self.shortcuts, self.language, self.theme,
            self.density, self.shortcuts_on, self.sidebar_collapsed, self.home_url, self.palette_url,
            self.preference_url, self.language_url, self.settings_url, self.changes_url, self.sign_out_url,
            self.jobs_url, self.jobs_running,
        )  # fmt: skip

    @property
    def bottom_bar(self) -> tuple[NavItem, ...]:
        """Return the four places of the bottom bar on phones: those chosen, else the first of the navigation."""
        if self.phone_nav:
            return self.phone_nav[:4]
        return tuple(item for group in self.nav for item in group.items)[:4]
