"""Gives every record type its star; who creates, comments on or is addressed about a record follows it from then on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType
from guanxi.records.registry import Panel, RecordPart, add_panel, add_part, for_every_type
from guanxi.work.follow import views
from guanxi.work.follow.star import star_of


def _attach(record_type: RecordType) -> None:
    add_panel(record_type.name, Panel("follow", _("Follow"), star_of(record_type), place="head"))
    add_part(record_type.name, RecordPart("follow", "follow", views.toggle))


for_every_type(_attach)
