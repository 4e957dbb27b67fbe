"""Sessions against embedded AWS, in this process: the requests of a call that keeps failing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from aws_calls.errors import AwsError, Outcome
from embedded_aws import Answer, Call, EmbeddedAws, Fault
from embedded_aws.control.faults import Kind
from embedded_aws.scenarios.member_accounts import Account
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings


def session(aws: EmbeddedAws, attempts: int = 10) -> Session:
    return hub_of(aws.config(), attempts)


def hub_of(config: Mapping[str, Any], attempts: int = 10) -> Session:
    """The session of the credentials of a config."""
    return Session.of_credentials(SourceClients(Settings.of(config).options, attempts=attempts))


@pytest.mark.parametrize("kind", ["throttle", "internal_error", "unavailable", "reset"])
def test_a_call_that_keeps_failing_is_tried_as_often_as_said_and_is_then_for_later(
    kind: Kind, empty_aws: EmbeddedAws
) -> None:
    empty_aws.fail(Fault(action="iam:ListUsers", kind=kind, times=None))
    with pytest.raises(AwsError, match="iam:ListUsers in account 123456789012") as raised:
        session(empty_aws, attempts=2).caller("iam").call("list_users")
    assert raised.value.outcome is Outcome.LATER
    assert empty_aws.requests["123456789012", "us-east-1", "iam:ListUsers"] == 2


def test_ten_attempts_are_made_by_default() -> None:
    settings = Settings.of({"credentials": {"auth_type": "access_key", "access_key_id": "A", "secret_access_key": "b"}})
    client = SourceClients(settings.options).client("iam", "us-east-1")
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 10}


def test_threads_that_meet_an_ended_session_at_once_renew_it_once(empty_aws: EmbeddedAws) -> None:
    shared = session(empty_aws)
    shared.caller("iam").call("list_users")
    empty_aws.expire_sessions()
    empty_aws.reset_requests()
    barrier = threading.Barrier(6)
    answers = []

    def call() -> None:
        barrier.wait()
        answers.append(shared.caller("iam").call("list_users"))

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
        shared = hub_of(empty_aws.config(credentials=environment))
        with ThreadPoolExecutor(len(services)) as threads:
            assert len(list(threads.map(shared.caller, services))) == len(services)


def test_an_access_key_is_asked_for_its_account_once(empty_aws: EmbeddedAws) -> None:
    keyed = hub_of(empty_aws.key_config())
    assert (keyed.account_id, keyed.partition, keyed.account_id) == ("123456789012", "aws", "123456789012")
    assert empty_aws.requests["123456789012", "us-east-1", "sts:GetCallerIdentity"] == 1


def member_of(aws: EmbeddedAws, **credentials: Any) -> Session:
    """The session of another account, whose role the hub's role may assume."""
    [opened] = aws.open_accounts([Account("300000000000", users=2)])
    config = aws.config(accounts={"scope": "list", "roles": [asdict(opened)]})
    config["credentials"] |= credentials
    settings = Settings.of(config)
    return hub_of(config).assuming(settings.accounts.roles[0])


@pytest.mark.parametrize("ended", [["hub"], ["member"], ["hub", "member"]], ids=" and ".join)
def test_each_hop_renews_its_session_when_aws_has_ended_it(ended: list[str], empty_aws: EmbeddedAws) -> None:
    member = member_of(empty_aws)
    member.caller("iam").call("list_users")
    homes = {"hub": empty_aws.account_id, "member": member.account_id}
    empty_aws.reset_requests()
    empty_aws.expire_sessions(*(homes[hop] for hop in ended))
    assert len(member.caller("iam").call("list_users")["Users"]) == 2
    # Nobody asks the hub for anything as long as the member's own session lasts. Then the first answer to each is that
    # the session has ended.
    assumed = empty_aws.requests[empty_aws.account_id, "us-east-1", "sts:AssumeRole"]
    assert assumed == {("hub",): 0, ("member",): 1, ("hub", "member"): 3}[tuple(ended)]


def test_members_of_a_hub_with_long_sessions_have_sessions_of_an_hour(empty_aws: EmbeddedAws) -> None:
    """AWS refuses longer ones to whoever is a role already."""
    member = member_of(empty_aws, duration_seconds=14_400)
    assert len(member.caller("iam").call("list_users")["Users"]) == 2


def test_a_released_session_drops_what_it_kept_and_reads_on_with_its_credentials(empty_aws: EmbeddedAws) -> None:
    member = member_of(empty_aws)
    kept = member.reader("iam")
    assert len([*member.pool.map(lambda number: number, range(3))]) == 3
    member.caller("iam").call("list_users")
    member.release()
    assert member.reader("iam") is not kept
    member.caller("iam").call("list_users")
    assert empty_aws.requests[empty_aws.account_id, "us-east-1", "sts:AssumeRole"] == 2, "the hub and the member"
    assert [*member.pool.map(lambda number: number, range(3))] == [0, 1, 2]


def test_the_regions_of_an_account_are_asked_for_once_by_whoever_reads_it_and_when(empty_aws: EmbeddedAws) -> None:
    member = member_of(empty_aws)
    empty_aws.accounts.not_enabled[member.account_id] = ["af-south-1", "me-south-1"]
    found = member.regions
    member.release()
    assert member.regions is found
    assert (found.enabled, found.not_enabled) == (tuple(sorted(empty_aws.regions)), ("af-south-1", "me-south-1"))
    assert empty_aws.requests[member.account_id, "us-east-1", "ec2:DescribeRegions"] == 1


def test_accounts_share_clients_and_no_more_calls_run_at_once_than_workers(empty_aws: EmbeddedAws) -> None:
    opened = empty_aws.open_accounts([Account(f"30000000000{number}", users=1) for number in range(4)])
    settings = Settings.of(
        empty_aws.config(accounts={"scope": "list", "roles": [asdict(one) for one in opened]}, num_workers=2)
    )
    clients = SourceClients(settings.options)
    hub = Session.of_credentials(clients)
    members = [hub.assuming(role) for role in settings.accounts.roles]
    events = clients.client("iam", "us-east-1").meta.events
    under_way, most, lock = 0, 0, threading.Lock()

    def sent(**_: Any) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)

    def answered(**_: Any) -> None:
        nonlocal under_way
        with lock:
            under_way -= 1

    events.register_last("before-send.iam", sent)
    events.register_first("response-received.iam", answered)

    def read(member: Session) -> set[str]:
        users = member.caller("iam").call("list_users")["Users"]
        return {user["Arn"].split(":")[4] for user in users}

    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(read, members * 6))
    assert found == [{member.account_id} for member in members] * 6, "each call is made in its own name"
    assert most <= 2


@pytest.mark.parametrize(
    ("action", "member", "use"),
    [
        ("sts:GetCallerIdentity", "Arn", lambda session: session.identity),
        ("sts:AssumeRole", "Expiration", lambda session: session.sign_in()),
        ("sts:AssumeRole", "SessionToken", lambda session: session.sign_in()),
        ("ec2:DescribeRegions", "regionName", lambda session: session.regions),
    ],
)
def test_an_answer_without_what_everything_rests_on_is_no_answer(
    action: str, member: str, use: Callable[[Session], object], empty_aws: EmbeddedAws
) -> None:
    def without(_: Call, answer: Answer) -> Answer:
        return Answer(200, re.sub(f"<{member}>.*?</{member}>".encode(), b"", answer.body, count=1), answer.headers)

    empty_aws.rewrite(action, without)
    config = empty_aws.config() if action == "sts:AssumeRole" else empty_aws.key_config()
    with pytest.raises(AwsError) as raised:
        use(hub_of(config))
    assert raised.value.outcome is Outcome.LATER
    assert action in str(raised.value)


def test_a_session_that_ends_before_it_began_is_for_the_clock(empty_aws: EmbeddedAws) -> None:
    """As it is where this machine's clock is ahead, and something in between lets such requests through."""

    def ended(_: Call, answer: Answer) -> Answer:
        body = re.sub(b"<Expiration>.*?</Expiration>", b"<Expiration>2020-01-01T00:00:00Z</Expiration>", answer.body)
        return Answer(200, body, answer.headers)

    empty_aws.rewrite("sts:AssumeRole", ended)
    with pytest.raises(AwsError) as raised:
        hub_of(empty_aws.config()).sign_in()
    assert raised.value.outcome is Outcome.ACT
    assert "sts:AssumeRole in account 123456789012, Region us-east-1 gave a session that" in str(raised.value)
    assert "Set the clock" in str(raised.value)


def test_an_identity_without_an_account_is_no_answer(empty_aws: EmbeddedAws) -> None:
    def elsewhere(_: Call, answer: Answer) -> Answer:
        return Answer(200, answer.body.replace(b"::123456789012:", b"::somewhere:"), answer.headers)

    empty_aws.rewrite("sts:GetCallerIdentity", elsewhere)
    with pytest.raises(AwsError) as raised:
        _ = hub_of(empty_aws.key_config()).identity
    assert raised.value.is_broken_answer
