"""Prints what the footer of a Parquet file says. Run as a program: Arrow takes 50 MB, here for a moment only."""

import json
import sys

import pyarrow.parquet as pq


def footer(path: str) -> dict[str, object]:
    """Return the names of the columns, and rows and unpacked bytes of each group; raises what Arrow raises."""
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
        return {
            "columns": list(file.schema_arrow.names), "rows": metadata.num_rows,
            "group_bytes": [group.total_byte_size for group in groups],
        }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(footer(sys.argv[1])))
