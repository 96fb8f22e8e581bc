"""The rows of a file of Parquet, by pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from geopolicy.drives.json_text import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from geopolicy.drives.recording import Recording

_ROWS_AT_ONCE = 10_000


def rows_of(recording: Recording) -> Iterator[dict[str, Any]]:
    """The rows, each by the names of its columns; those without a value are left out.

    Raises
    ------
    DriveFileError
        For more than 256 MiB, and what is no Parquet.
    """
    content = recording.stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise recording.error(f"must have at most {MAX_BYTES} bytes", "more", hint="write it as XML")
    try:
        for batch in pq.ParquetFile(pa.BufferReader(content)).iter_batches(_ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield {name: value for name, value in row.items() if value is not None}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise recording.error("must be Parquet that can be read", type(error).__name__) from None
