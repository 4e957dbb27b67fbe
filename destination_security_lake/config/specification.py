"""The form, as Airbyte's ConnectorSpecification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

SPEC: Final = Path(__file__).parent.with_name("spec.json")


def spec() -> dict[str, Any]:
    """Return the specification. Its member `connectionSpecification` is the JSON schema of the config."""
    read: dict[str, Any] = json.loads(SPEC.read_text("utf-8"))
    return read
