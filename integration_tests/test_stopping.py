"""SIGTERM, SIGINT and SIGHUP: a sync that is stopped ends at once, and the next one continues from its state."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event

import pytest

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.truth import truth_of
from integration_tests.conftest import FAST
from integration_tests.connector import SMALL_WINDOWS, Output, catalog, lines, read, start
from source_aws_iam.cli.signals import SECONDS_TO_LEAVE

EVENTS = ["audit_events"]
# Windows of a few pages, read by one reader, the oldest first: after half of the events it is done with some. No state
# of their own for a long time.
SILENT = {**SMALL_WINDOWS, "source_aws_iam.cloudtrail.state_cursor.SECONDS_BETWEEN_STATES": 1000}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_sync_that_is_stopped_ends_with_the_state_of_what_it_has_read(sent: signal.Signals, tmp_path: Path) -> None:
    with EmbeddedAws(seed=Seed(users=5, events=4_000), lookup_rate=20) as aws:
        config = aws.config(regions=["us-east-1"], lookup_requests_per_second=20, num_workers=1)
        truth = {row["event_id"] for row in truth_of(aws)["audit_events"] if row["region"] == "us-east-1"}
        messages, records = [], 0
        # Whose rows are waiting for audit_events then.
        streams = catalog([*EVENTS, "accounts"])
        with start("read", folder=tmp_path, constants=SILENT, config=config, catalog=streams, state=[]) as process:
            for message in lines(process):
                messages.append(message)
                records += message["type"] == "RECORD"
                if message["type"] == "RECORD" and records == len(truth) // 2:
                    process.send_signal(sent)
            assert process.wait(timeout=60) == -sent
        states = [message for message in messages if message["type"] == "STATE"]
        assert len(states) == 1, "what is tested is the state that the signal made it print"
        [last] = [message for message in messages[messages.index(states[0]) :] if message["type"] == "LOG"]
        assert last["log"]["message"].startswith(f"The sync was stopped by {sent.name}.")
        before = messages[: messages.index(states[0])]
        first = [message["record"]["data"] for message in before if message["type"] == "RECORD"]
        state = [{name: states[0]["state"][name] for name in ("type", "stream")}]
        second = read({**config, **FAST}, tmp_path, streams=EVENTS, state=state)
    delivered = [record["event_id"] for record in [*first, *second.records("audit_events")]]
    assert set(delivered) == truth
    assert len(second.records("audit_events")) < len(truth), "it began anew"


def test_a_sync_of_which_nobody_reads_the_output_is_stopped_all_the_same(aws: EmbeddedAws, tmp_path: Path) -> None:
    with start("read", folder=tmp_path, config=aws.config(**FAST), catalog=catalog(EVENTS), state=[]) as process:
        next(lines(process))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=SECONDS_TO_LEAVE + 25) == -signal.SIGTERM


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_a_connection_test_that_is_stopped_ends_and_leaves_no_file(
    sent: signal.Signals, aws: EmbeddedAws, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    asked, answer = Event(), Event()

    def hang() -> None:
        asked.set()
        answer.wait(60)

    aws.after("sts:GetCallerIdentity", 1, hang)
    process = start("check", folder=tmp_path, env={"TMPDIR": str(temporary)}, config=aws.config())
    assert asked.wait(60)
    process.send_signal(sent)
    stdout, stderr = process.communicate(timeout=60)
    answer.set()
    assert process.returncode == -sent
    assert not list(temporary.iterdir())
    assert not [m for m in Output(process.returncode, stdout, stderr).messages if m["type"] == "CONNECTION_STATUS"]
