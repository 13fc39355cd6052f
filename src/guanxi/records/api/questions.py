"""What the address of a list asks for, read strictly: an unknown parameter is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, type_text
from guanxi.records.api.bodies import require_shallow
from guanxi.records.declaration import RecordType
from guanxi.records.filters import Tree, parse_condition
from guanxi.records.listing import MAX_LIMIT, Query
from guanxi.records.statements import ActorCache
from guanxi.records.time_machine.moments import parse_moment

LIST_PARAMETERS = frozenset({"fields", "filter", "f", "q", "sort", "after", "limit", "deleted", "as_of"})
COUNT_PARAMETERS = frozenset({"filter", "f", "q", "deleted", "as_of"})
GROUP_PARAMETERS = COUNT_PARAMETERS | {"by", "sum"}
RECORD_PARAMETERS = frozenset({"fields"})
RECORD_READ_PARAMETERS = RECORD_PARAMETERS | {"as_of"}
HISTORY_PARAMETERS = frozenset({"before", "limit"})
DEFAULT_LIMIT = 50
_SEEN: ActorCache[tuple[str, ...]] = ActorCache()
_FLAGS = {"": False, "0": False, "false": False, "1": True, "true": True}


def require_known(asked: QueryDict, known: frozenset[str]) -> None:
    """Refuse parameters that this address doesn't know (raises ``Invalid``)."""
    unknown = set(asked) - known
    if unknown:
        raise Invalid({name[:60]: [_("There is no such parameter.")] for name in unknown})


def list_query(request: HttpRequest, record_type: RecordType, actor: Actor) -> Query:
    """Return what the address of a list asks for; raises ``Invalid``."""
    asked = request.GET
    require_known(asked, LIST_PARAMETERS)
    return Query(
        columns=asked_fields(asked, record_type, actor, record_type.columns),
        filter=_filter(asked),
        search=_text(asked, "q", 200),
        sort=_words(asked, "sort"),
        after=asked.get("after", ""),
        limit=asked_limit(asked),
        deleted=_flag(asked, "deleted"),
    )


def count_query(request: HttpRequest) -> Query:
    """Return which rows the address asks to count; raises ``Invalid``."""
    asked = request.GET
    require_known(asked, COUNT_PARAMETERS)
    return Query((), _filter(asked), _text(asked, "q", 200), deleted=_flag(asked, "deleted"))


def group_query(request: HttpRequest) -> Query:
    """Return which rows the address asks to group; raises ``Invalid``."""
    asked = request.GET
    require_known(asked, GROUP_PARAMETERS)
    return Query((), _filter(asked), _text(asked, "q", 200), deleted=_flag(asked, "deleted"))


def asked_groups(asked: QueryDict) -> tuple[str, tuple[str, ...]]:
    """Return the field to group by and the fields to sum, as the address names them."""
    return _text(asked, "by", 60), _words(asked, "sum")


def asked_fields(
    asked: QueryDict, record_type: RecordType, actor: Actor, usual: tuple[str, ...] | None = None
) -> tuple[str, ...]:
    """Return the fields named by ``fields``, without repetition, or those of ``usual`` that the actor may see."""
    names = tuple(dict.fromkeys(_words(asked, "fields")))
    if names:
        return names

    def seen() -> tuple[str, ...]:
        offered = tuple(item.name for item in record_type.fields) if usual is None else usual
        return tuple(name for name in offered if actor.sees_field(record_type.name, name))

    return _SEEN.get(actor, (record_type.name, usual), seen)


def history_page(request: HttpRequest) -> tuple[datetime | None, int]:
    """Return before which instant and how many changes are asked for; raises ``Invalid``."""
    require_known(request.GET, HISTORY_PARAMETERS)
    text = request.GET.get("before", "")
    try:
        before = parse_datetime(text) if text else None
        before = before.astimezone(UTC) if before is not None and before.tzinfo is not None else None
    except (ValueError, OverflowError):
        before = None
    if text and before is None:
        raise Invalid({"before": [_("This time isn't valid. Use YYYY-MM-DD hh:mm, for example 2026-11-21 14:30")]})
    return before, asked_limit(request.GET)


def asked_moment(request: HttpRequest, actor: Actor) -> datetime | None:
    """Return the instant as of which an address asks, or None for the present; raises ``Invalid``."""
    text = request.GET.get("as_of", "")
    return parse_moment(text, actor.time_zone) if text else None


def _filter(asked: QueryDict) -> Tree | None:
    parts: list[Any] = [parse_condition(text) for text in asked.getlist("f")]
    if asked.get("filter"):
        try:
            tree = msgspec.json.decode(str(asked["filter"]))
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            raise Invalid({"filter": [_("This isn't JSON.")]}) from error
        require_shallow(tree)
        parts.append(tree)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 and isinstance(parts[0], dict) else {"all": parts}


def _words(asked: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in asked.get(name, "").split(",") if word.strip())


def _text(asked: QueryDict, name: str, most: int) -> str:
    text = asked.get(name, "")
    if len(text) > most or "\x00" in text:
        refusal: type_text = _("Enter between 1 and 200 characters.")
        raise Invalid({name: [refusal]})
    return text


def asked_limit(asked: QueryDict) -> int:
    """Return how many items are asked for; raises ``Invalid``."""
    text = asked.get("limit", "")
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= MAX_LIMIT):
        raise Invalid({"limit": [_("Ask for 1 to %(most)s records.") % {"most": MAX_LIMIT}]})
    return int(text)


def _flag(asked: QueryDict, name: str) -> bool:
    text = asked.get(name, "").lower()
    if text not in _FLAGS:
        raise Invalid({name: [_("Choose yes or no.")]})
    return _FLAGS[text]
