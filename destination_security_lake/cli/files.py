"""The files of the command line: read once, because each may be a pipe, and as UTF-8 in every locale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteCatalog, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from destination_security_lake.failures import config_error


def read_config(path: str) -> dict[str, Any]:
    """Return the config in the file. Raises a config_error."""
    config = _json_in(path)
    if not isinstance(config, dict):
        raise _unusable(path, "It must be a JSON object")
    return config


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """Return the configured catalog in the file. Raises a config_error."""
    try:
        return ConfiguredAirbyteCatalogSerializer.load(_json_in(path))
    except ValueError:
        raise _unusable(path, "It must be a configured catalog of Airbyte") from None


def _json_in(path: str) -> Any:
    try:
        # Editors on Windows put a byte order mark before UTF-8.
        return json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _unusable(path, f"It must be UTF-8, and byte {error.start} is not") from None
    except (ValueError, RecursionError) as error:
        raise _unusable(path, f"It is not JSON: {error}") from None


def _unusable(path: str, why: str) -> AirbyteTracedException:
    return config_error(f"The file {path} cannot be used. {why}.")
