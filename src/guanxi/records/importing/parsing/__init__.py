"""Checks and normalises whole columns of raw cells: text in, values of the field's type and errors per row out."""

from guanxi.records.importing.parsing.columns import parse_column, settle_spec
from guanxi.records.importing.parsing.spec import FieldSpec, Kind, Parsed, value_type

__all__ = ["FieldSpec", "Kind", "Parsed", "parse_column", "settle_spec", "value_type"]
