"""`python -m unit_tests.private_uses` prints the table of CONTRIBUTING.md."""

from __future__ import annotations

import sys

from unit_tests.private_uses.uses import table

sys.stdout.write(table())
