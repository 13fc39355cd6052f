"""Registers the record types of the catalog."""

from guanxi.catalog.category import record_type as category
from guanxi.catalog.product import record_type as product

__all__ = ["category", "product"]
