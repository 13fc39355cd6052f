"""What the analytics library refuses, and why."""


class AnalyticsError(Exception):
    """Base of everything this library raises on purpose."""


class ExtractRefused(AnalyticsError):
    """The input does not have the columns, types or completeness the models need. The message names the column."""


class UnknownFigure(AnalyticsError):
    """A model has no figure of that name, so no rows can be listed for it."""
