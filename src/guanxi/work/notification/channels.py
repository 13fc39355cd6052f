"""The ways by which people are told, as far as this installation has them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text


@dataclass(frozen=True, slots=True)
class Channel:
    """A way by which somebody is told."""

    key: str
    label: type_text
    icon: str


def offered_channels() -> tuple[Channel, ...]:
    """Return the channels that people may choose; push only where a key for it is set."""
    always = (Channel("app", _("Here"), "bell"), Channel("mail", _("E-mail"), "mail"))
    return (*always, Channel("push", _("Push"), "smartphone")) if settings.PUSH_KEY else always
