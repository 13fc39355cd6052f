"""The stretch of time a figure covers: half open, [start, end)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """Purchases with start <= ordered_at < end count; without a start, everything before the end.

    `end` is the as-of instant of every figure computed over the window. Both ends are aware instants.
    Raises ValueError for naive instants or an empty window.
    """

    end: datetime
    start: datetime | None = None

    def __post_init__(self) -> None:
        for instant in (self.start, self.end):
            if instant is not None and instant.tzinfo is None:
                raise ValueError(f"{instant.isoformat()} has no time zone; a window needs aware instants")
        if self.start is not None and self.start >= self.end:
            raise ValueError("a window must start before it ends")

    def as_of_date(self, time_zone: str) -> date:
        """The calendar date of the as-of instant where the company is; recency counts days back from it."""
        return self.end.astimezone(ZoneInfo(time_zone)).date()


def window_of_months(end: datetime, months: int, time_zone: str = "UTC") -> Window:
    """The `months` calendar months before `end`, on the local calendar; 31 March minus one month is 28 or 29 February.

    Raises ValueError for a naive end or for less than one month.
    """
    if months < 1:
        raise ValueError("a window covers at least one month")
    local = end.astimezone(ZoneInfo(time_zone)) if end.tzinfo else end
    years, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, monthrange(years, month + 1)[1])
    return Window(end=end, start=local.replace(year=years, month=month + 1, day=day))
