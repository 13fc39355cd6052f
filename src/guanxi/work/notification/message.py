"""What an e-mail or push says: worked out when it leaves, in the reader's language, with what may be seen then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.identity.actors import actor_of
from guanxi.identity.entrance import company_title
from guanxi.records.models import Change
from guanxi.records.outbox.carriers import Withdrawn
from guanxi.records.registry import find_record_type
from guanxi.records.screens.told import lines_of_changes
from guanxi.work.notification.models import Notification
from guanxi.work.notification.telling import Line, lines_of


@dataclass(frozen=True, slots=True)
class Letter:
    """One record's lines for one reader; ``values`` what each change changed, by the line's id."""

    actor: Actor
    lines: tuple[Line, ...]
    values: dict[int, tuple[tuple[str, str, str], ...]]

    @property
    def url(self) -> str:
        """Return the address that leads to the record from outside."""
        return f"{settings.PUBLIC_URL}{self.lines[0].url}"


@contextmanager
def letter_of(payload: dict[str, Any]) -> Iterator[Letter]:
    """Give what the rows of a queued message say to their reader, whose language and clock are in force meanwhile.

    Raises ``Withdrawn`` when nothing is left: read meanwhile, taken back, or not the reader's to see any more.
    """
    actor = actor_of(int(payload["user"]))
    if actor is None:
        raise Withdrawn("The user is not active any more.")
    rows = Notification.objects.filter(pk__in=payload["ids"], user_id=int(payload["user"]), read_at=None)
    with translation.override(actor.language), timezone.override(ZoneInfo(actor.time_zone)):
        lines = tuple(lines_of(list(rows.order_by("-at", "-pk")), actor))
        if not lines:
            raise Withdrawn("Nothing is left to say.")
        yield Letter(actor, lines, _values(lines, actor))


def _values(lines: Sequence[Line], actor: Actor) -> dict[int, tuple[tuple[str, str, str], ...]]:
    ids = {int(line.source.partition(":")[2]): line.id for line in lines if line.source.startswith("change:")}
    record_type = find_record_type(lines[0].record_type)
    if record_type is None or not ids:
        return {}
    found = lines_of_changes(Change.objects.filter(pk__in=ids), actor)
    return {ids[pk]: values for pk, values in found.items()}


def subject_of(letter: Letter) -> str:
    """Return a subject on one line: what happened to what."""
    first = letter.lines[0]
    if len(letter.lines) == 1:
        said = _("%(who)s %(what)s: %(title)s") % {"who": first.who, "what": first.sentence, "title": first.title}
    else:
        said = _("%(title)s: %(count)s notifications") % {"title": first.title, "count": len(letter.lines)}
    return " ".join(said.split())[:180]


def bodies_of(letter: Letter) -> tuple[str, str]:
    """Return the text of an e-mail, plain and as HTML."""
    context = {
        "letter": letter, "company": company_title(), "wishes_url": f"{settings.PUBLIC_URL}/settings/notifications/",
    }  # fmt: skip
    return (
        render_to_string("notification/mail/told.txt", context).strip() + "\n",
        render_to_string("notification/mail/told.html", context),
    )
