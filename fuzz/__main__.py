"""`make fuzz`: try odd cases for an hour, or SECONDS, and keep what fails in fuzz/corpus.

hypothesis keeps what it has tried in .hypothesis, and begins with it the next time.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky

from fuzz.cases import Case, any_case, saved
from fuzz.promises import BrokenPromiseError
from fuzz.target import Target, target

CORPUS: Final = Path(__file__).with_name("corpus")
_ROUND: Final = 100


def main(seconds: float) -> int:
    """Return 1 when a case failed. Its smallest form is then in the corpus."""
    ends, tried = time.monotonic() + seconds, 0
    with TemporaryDirectory() as folder, target(Path(folder)) as fuzzed:
        number = 0
        while time.monotonic() < ends:
            failed = _round(fuzzed, number, ends)
            number += 1
            tried += _ROUND
            print(f"{number} rounds of {_ROUND} cases", flush=True)
            if failed:
                case, error = failed
                text = saved(case)
                CORPUS.mkdir(exist_ok=True)
                path = CORPUS / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
                path.write_text(text, "utf-8")
                print(f"{error}\nThe case is in {path}.")
                return 1
    return 0


def _round(fuzzed: Target, number: int, ends: float) -> tuple[Case, BrokenPromiseError] | None:
    """Try a round of cases, and return the smallest that fails."""
    failed: list[tuple[Case, BrokenPromiseError]] = []

    @seed(number + int(time.time()))
    @settings(
        max_examples=_ROUND,
        deadline=None,
        report_multiple_bugs=False,
        database=DirectoryBasedExampleDatabase(".hypothesis/fuzz"),
        suppress_health_check=[*HealthCheck],
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
    )
    @given(case=any_case())
    def trial(case: Case) -> None:
        if time.monotonic() > ends and not failed:
            return
        try:
            fuzzed.try_case(case)
        except BrokenPromiseError as error:
            failed.append((case, error))
            raise

    try:
        trial()
    # Flaky: it did not fail again. It is kept all the same.
    except (BrokenPromiseError, Flaky):
        if not failed:
            raise
        return failed[-1]
    return None


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 3600))
