"""Registers the record types of the catalog."""

from guanxi.catalog.category import record_type as category
from guanxi.catalog.product import import_plan as product_import
from guanxi.catalog.product import record_type as product

__all__ = ["category", "product", "product_import"]
