"""CloudTrail log files, as a trail delivers them: `{"Records": [...]}`, mostly gzipped."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from embedded_aws.server.event_shape import Record


def read_records(folder: Path) -> list[Record]:
    """The records of every `.json` and `.json.gz` file under the folder, in the order of the file names."""
    records: list[Record] = []
    for path in sorted(folder.rglob("*.json*")):
        if path.suffix not in (".json", ".gz"):
            continue
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        records.extend(json.loads(text).get("Records", []))
    return records
