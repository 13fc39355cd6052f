"""Registers the record types of daily work."""

from guanxi.work.attachment import record_type as attachment
from guanxi.work.note import record_type as note
from guanxi.work.task import record_type as task

__all__ = ["attachment", "note", "task"]
