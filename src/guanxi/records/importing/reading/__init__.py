"""Reads a file of any supported format into batches of raw columns, within bounded memory."""

from guanxi.records.importing.reading.batches import Batch, RowError
from guanxi.records.importing.reading.description import Choices, Description
from guanxi.records.importing.reading.limits import ImportRefused, Limits
from guanxi.records.importing.reading.source import Source, open_source

__all__ = ["Batch", "Choices", "Description", "ImportRefused", "Limits", "RowError", "Source", "open_source"]
