"""Registers what insights adds to lower features."""

from guanxi.insights.value import panels

__all__ = ["panels"]
