"""Registers what insights adds to lower features."""

from guanxi.insights.scoring import listeners
from guanxi.insights.value import panels

__all__ = ["listeners", "panels"]
