"""All models of the catalog, for Django to find."""

from guanxi.catalog.category.models import ProductCategory
from guanxi.catalog.product.models import Product

__all__ = ["Product", "ProductCategory"]
