"""Which days a calendar or timeline shows, and where it goes from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.core.dates import add_months, today
from guanxi.core.weeks import week_start
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.group_words import period_words
from guanxi.ui import formats
from guanxi.ui.calendar_page import Span

CALENDAR_SPANS = {"month": pgettext_lazy("span", "Month"), "week": gettext_lazy("Week"), "day": gettext_lazy("Day"),
                  "agenda": gettext_lazy("Agenda")}  # fmt: skip
TIMELINE_SPANS = {
    "month": pgettext_lazy("span", "Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """The days shown, ``start`` to before ``end``; ``first`` to before ``last`` are those of the period itself."""

    span: str
    on: date
    start: date
    end: date
    first: date
    last: date
    is_asked: bool

    @property
    def days(self) -> list[date]:
        """Return every day that is shown."""
        return [self.start + timedelta(days=at) for at in range((self.end - self.start).days)]


def range_of(found: Listing) -> Range:
    """Return the days that an address asks for: around ``on``, today where that is no date."""
    spans = CALENDAR_SPANS if found.base_part == "calendar" else TIMELINE_SPANS
    asked = found.look.span if found.look.span in spans else ""
    span, zone = asked or "month", found.actor.time_zone
    try:
        on = date.fromisoformat(found.state.on)
        on = on if date(1900, 1, 31) < on < date(2200, 1, 1) else today(zone)
    except ValueError:
        on = today(zone)
    if span == "day":
        first, last = on, on + _DAY
    elif span == "week":
        first = week_start(on, zone)
        last = first + 7 * _DAY
    else:
        back = {"quarter": (on.month - 1) % 3, "year": on.month - 1}.get(span, 0)
        first = add_months(on, -back)
        last = add_months(first, {"quarter": 3, "year": 12}.get(span, 1))
    start, end = first, last
    if span == "month" and found.base_part == "calendar":
        start, end = week_start(first, zone), week_start(last - _DAY, zone) + 7 * _DAY
    return Range(span, on, start, end, first, last, bool(asked))


def title_of_range(shown: Range) -> str:
    """Return “November 2026”, the two ends of a week, or a day with its weekday."""
    if shown.span == "day":
        return str(format_date(shown.on, "full", locale=formats.active_locale()))
    unit = "month" if shown.span == "agenda" else shown.span
    return period_words(shown.first, unit)


def url_on(found: Listing, day: date, span: str | None = None) -> str:
    """Return the address of the same calendar around another day, with another span where one is given."""
    words = {} if span is None else {"span": span}
    state = replace(found.state.first_page(), view=found.view.key, on=day.isoformat(), **words)  # type: ignore[arg-type]
    return state.url(found.base)


def steps(found: Listing, shown: Range) -> tuple[str, str, str]:
    """Return the addresses of the period before, of the one after, and of today."""
    return (
        url_on(found, shown.first - _DAY), url_on(found, shown.last), url_on(found, today(found.actor.time_zone))
    )  # fmt: skip


def spans_of(found: Listing, shown: Range) -> tuple[Span, ...]:
    """Return the choices of how much time is shown."""
    spans = CALENDAR_SPANS if found.base_part == "calendar" else TIMELINE_SPANS
    return tuple(Span(str(label), url_on(found, shown.on, key), key == shown.span) for key, label in spans.items())


def weekday_words(day: date) -> str:
    """Return the short name of a weekday."""
    return str(format_skeleton("E", day, locale=formats.active_locale()))
