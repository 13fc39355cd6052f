"""Base templates, components, icons, formats and small charts; knows no record type."""
