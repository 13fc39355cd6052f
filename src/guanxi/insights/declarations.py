"""Registers what insights adds to lower features."""
