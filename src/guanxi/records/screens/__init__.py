"""The generic pages of every record type: list, record, forms, board, bulk actions, export, bin and search."""
