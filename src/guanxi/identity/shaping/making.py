"""Making a record type together with the rights of the roles on it: one change set, one row of recent changes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.identity.role.services import grant_like
from guanxi.records.models import ChangeSet
from guanxi.records.shaping import services
from guanxi.records.shaping.models import CustomType
from guanxi.records.time_machine.providers import Preview, Undone, UndoProvider, add_undo_provider
from guanxi.records.titles import NEW_TYPE, TITLE_LENGTH, new_type_title


def make_type(
    *, actor: Actor, labels: Mapping[str, str], plurals: Mapping[str, str], icon: str, rights: str = ""
) -> CustomType:
    """Add a record type and give every role the rights that it has on the type named by ``rights``; none where empty.

    Raises as ``add_type`` and ``grant_like`` do; nothing is made then.
    """
    with transaction.atomic():
        change_set = ChangeSet.objects.create(kind=NEW_TYPE, actor_id=actor.user_id)
        made = services.add_type(
            actor=actor, labels=labels, plurals=plurals, icon=icon, change_set_id=change_set.pk
        )  # fmt: skip
        if rights:
            grant_like(made.name, rights, actor=actor, change_set_id=change_set.pk)
        change_set.counts = {"plurals": made.plurals}
        change_set.title = new_type_title(made.plurals)[:TITLE_LENGTH]
        change_set.save(update_fields=["counts", "title"])
    return made


add_undo_provider(
    UndoProvider(
        NEW_TYPE, _("record type"), "shapes", lambda actor, made: Preview(), lambda actor, made: Undone(None),
        is_offered=False,
        never=lambda made: _("Delete it under Settings › Record types; it can be restored there for 30 days."),
    )
)  # fmt: skip
