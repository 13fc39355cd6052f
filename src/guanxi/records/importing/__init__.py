"""Files from outside become records: reading, mapping of columns, parsing of values, loading and undo."""
