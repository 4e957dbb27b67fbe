"""Unique ids of all kinds; iam_ids has those that calls give out."""

from __future__ import annotations

import string

from moto.moto_api._internal import mock_random

_CHARACTERS = string.ascii_uppercase + string.digits


def planted_id(prefix: str) -> str:
    """From moto's random source, so that a seeded account always has the same ids."""
    return prefix + "".join(mock_random.choices(_CHARACTERS, k=17))
