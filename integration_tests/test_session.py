"""Sessions against embedded AWS, in this process: what one call costs when AWS keeps failing it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integration_tests.embedded_aws import EmbeddedAws, Fault
from integration_tests.embedded_aws.faults import Kind
from source_aws_iam.aws.clients import Clients
from source_aws_iam.aws.errors import AwsError, Outcome
from source_aws_iam.aws.session import Session
from source_aws_iam.settings import Settings


def session(aws: EmbeddedAws, attempts: int = 10) -> Session:
    settings = Settings.of(aws.config())
    return Session(settings, clients=Clients(settings, attempts=attempts))


@pytest.mark.parametrize("kind", ["throttle", "internal_error", "unavailable", "reset"])
def test_a_call_that_keeps_failing_is_tried_as_often_as_said_and_is_then_for_later(
    kind: Kind, empty_aws: EmbeddedAws
) -> None:
    empty_aws.fail(Fault(action="iam:ListUsers", kind=kind, times=None))
    with pytest.raises(AwsError, match="iam:ListUsers in account 123456789012") as raised:
        session(empty_aws, attempts=2).caller("iam").call("list_users", expect="Users")
    assert raised.value.outcome is Outcome.LATER
    assert empty_aws.requests["123456789012", "us-east-1", "iam:ListUsers"] == 2


def test_ten_attempts_are_made_by_default() -> None:
    settings = Settings.of({"credentials": {"auth_type": "access_key", "access_key_id": "A", "secret_access_key": "b"}})
    client = Clients(settings).client("iam", "us-east-1")
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 10}


def test_threads_that_meet_an_ended_session_at_once_renew_it_once(empty_aws: EmbeddedAws) -> None:
    shared = session(empty_aws)
    shared.caller("iam").call("list_users", expect="Users")
    empty_aws.expire_sessions()
    empty_aws.reset_requests()
    barrier = threading.Barrier(6)
    answers = []

    def call() -> None:
        barrier.wait()
        answers.append(shared.caller("iam").call("list_users", expect="Users"))

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 6
    assert empty_aws.requests["123456789012", "us-east-1", "sts:AssumeRole"] == 1


def test_threads_that_make_clients_at_once_all_see_the_shared_profile(
    empty_aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore's sessions may not make two clients at once: one of them finds the profiles half loaded."""
    profiles = tmp_path / "credentials"
    profiles.write_text(
        f"[reader]\naws_access_key_id={empty_aws.base_key.access_key_id}\n"
        f"aws_secret_access_key={empty_aws.base_key.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profiles))
    monkeypatch.setenv("AWS_PROFILE", "reader")
    environment = {"auth_type": "iam_role", "role_arn": empty_aws.role_arn, "external_id": empty_aws.external_id}
    services = ["iam", "sts", "ec2", "cloudtrail"]
    for _ in range(5):
        shared = Session(Settings.of(empty_aws.config(credentials=environment)))
        with ThreadPoolExecutor(len(services)) as threads:
            assert len(list(threads.map(shared.caller, services))) == len(services)


def test_an_access_key_is_asked_for_its_account_once(empty_aws: EmbeddedAws) -> None:
    keyed = Session(Settings.of(empty_aws.key_config()))
    assert (keyed.account_id, keyed.partition, keyed.account_id) == ("123456789012", "aws", "123456789012")
    assert empty_aws.requests["123456789012", "us-east-1", "sts:GetCallerIdentity"] == 1
