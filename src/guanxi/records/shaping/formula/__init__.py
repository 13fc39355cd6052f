"""Formulas that administrators write: read once, checked for types, then computed in SQL or over one record."""
