"""A destination that is killed at any moment and resumed from the states that it confirmed: each event, once.

The choices of a run follow from its seed, which is printed; how far a process has come when it is killed is the
machine's business.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

from integration_tests.security_lake.contents import expected, once, rows_by_source
from integration_tests.security_lake.lake import SMALL_UPLOADS, Lake, lines_of, start
from integration_tests.security_lake.messages import EVENTS, Json, catalog, event, record, state

KILLS: Final = int(os.environ.get("SOAK") or 5)
SEED: Final = int(os.environ.get("SOAK_SEED") or Random().randrange(10**6))  # noqa: S311 - chosen anew each time
NUMBER: Final = 1_500


def messages(first: int, rng: Random) -> list[Json]:
    """What a source sends that resumes there: some events once more, for its lookback, and states at any places."""
    sent: list[Json] = []
    for number in range(max(0, first - rng.randrange(3)), NUMBER):
        sent.append(record(EVENTS, event(number)))
        if rng.random() < 0.05:
            sent.append(state(EVENTS, number + 1))
    return [*sent, state(EVENTS, NUMBER)]


def killed(lake: Lake, folder: Path, sent: list[Json], rng: Random) -> int:
    """Run `write`, and kill it after so much of its input, or in the middle of an upload. Return what it confirmed."""
    if rng.random() < 0.5:
        return run(lake, folder, sent[: rng.randrange(len(sent))], dies=True)
    return run(lake, folder, sent, dies=True, uploads=rng.randrange(1, 40))


def run(lake: Lake, folder: Path, sent: list[Json], *, dies: bool = False, uploads: int = 0) -> int:
    """Run `write` with this input. Return what the last state confirms, 0 where there is none.

    If it `dies`, it is killed when so many objects have been uploaded, and otherwise at the end of the input.
    """
    files: Json = {"config": lake.config(), "catalog": catalog([EVENTS])}
    quiet = {"stderr": subprocess.DEVNULL}
    with start("write", folder, constants=SMALL_UPLOADS, process=quiet, **files) as process:
        if uploads:
            lake.aws.after("s3:PutObject", uploads, process.kill)
        feeding = threading.Thread(target=feed, args=(process, sent, dies))
        feeding.start()
        assert process.stdout
        progress = [
            int(message["state"]["stream"]["stream_state"]["progress"])
            for line in process.stdout
            # The kill may have cut the last one.
            if line.endswith(b"\n") and (message := json.loads(line))["type"] == "STATE"
        ]
        feeding.join()
    assert process.returncode == (-signal.SIGKILL if dies else 0)
    return progress[-1] if progress else 0


def feed(process: subprocess.Popen[bytes], sent: list[Json], then_kill: bool) -> None:
    """Write to its standard input, in this thread: the pipe is full whenever it uploads."""
    assert process.stdin
    with suppress(BrokenPipeError):
        process.stdin.write(lines_of(sent))
        process.stdin.flush()
        if then_kill:
            process.kill()
        process.stdin.close()


def test_killed_at_any_moment_and_resumed_the_lake_ends_with_each_event(lake: Lake, tmp_path: Path) -> None:
    rng = Random(SEED)  # noqa: S311 - reproducible, not secret
    print(f"{KILLS} kills with SEED={SEED}")
    done = 0
    for _ in range(KILLS):
        # A source goes on where the last state says.
        done = max(done, killed(lake, tmp_path, messages(done, rng), rng))
    print(f"{done} of {NUMBER} events were confirmed before the last sync")
    assert run(lake, tmp_path, messages(done, rng)) == NUMBER

    there = rows_by_source(lake, tmp_path / "lake")
    assert once(there) == once(expected(event(number) for number in range(NUMBER))), f"SEED={SEED}"
