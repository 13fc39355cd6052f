"""The icons that a record type of a company's own can have, and what each shows."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from guanxi.core.errors import type_text
from guanxi.ui.parts import Option

ICONS: dict[str, type_text] = {
    "box": pgettext_lazy("icon", "Box"), "folder-kanban": pgettext_lazy("icon", "Project"),
    "briefcase": pgettext_lazy("icon", "Briefcase"), "building": pgettext_lazy("icon", "Office building"),
    "house": pgettext_lazy("icon", "House"), "car": pgettext_lazy("icon", "Car"),
    "truck": pgettext_lazy("icon", "Truck"), "package": pgettext_lazy("icon", "Parcel"),
    "wrench": pgettext_lazy("icon", "Wrench"), "calendar-check": pgettext_lazy("icon", "Calendar"),
    "graduation-cap": pgettext_lazy("icon", "Mortarboard"), "stethoscope": pgettext_lazy("icon", "Stethoscope"),
    "plane": pgettext_lazy("icon", "Plane"), "ticket": pgettext_lazy("icon", "Ticket"),
    "gift": pgettext_lazy("icon", "Gift"), "heart": pgettext_lazy("icon", "Heart"),
    "leaf": pgettext_lazy("icon", "Leaf"), "shield-check": pgettext_lazy("icon", "Shield"),
    "landmark": pgettext_lazy("icon", "Bank"), "factory": pgettext_lazy("icon", "Factory"),
    "store": pgettext_lazy("icon", "Shop"), "coffee": pgettext_lazy("icon", "Cup"),
    "camera": pgettext_lazy("icon", "Camera"), "book-open": pgettext_lazy("icon", "Book"),
    "map": pgettext_lazy("icon", "Map"), "rocket": pgettext_lazy("icon", "Rocket"),
    "trophy": pgettext_lazy("icon", "Trophy"), "handshake": pgettext_lazy("icon", "Handshake"),
    "file-text": pgettext_lazy("icon", "Document"), "credit-card": pgettext_lazy("icon", "Bank card"),
}  # fmt: skip


def icon_words(name: str) -> str:
    """Return what an icon shows; its name where it isn't one of ours, as those of a brought configuration may be."""
    return str(ICONS.get(name, name.replace("-", " ")))


def icon_options(kept: str = "") -> list[Option]:
    """Return the icons on offer, among them the one that is in use."""
    return [Option(name, icon_words(name)) for name in dict.fromkeys((*ICONS, *([kept] if kept else ())))]
