"""IAM's unique ids: a prefix that tells the kind, then 17 characters. moto's own look different."""

from __future__ import annotations

import string
from typing import Literal

from moto.moto_api._internal import mock_random

_CHARACTERS = string.ascii_uppercase + string.digits


def unique_id(prefix: Literal["AIDA", "AGPA", "ANPA"]) -> str:
    """From moto's random source, so that a seeded account always has the same ids."""
    return prefix + "".join(mock_random.choices(_CHARACTERS, k=17))
