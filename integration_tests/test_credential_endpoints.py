"""Role mode without keys, in pods, containers and instances: tokens in files, and endpoints that hand out sessions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception
from typing import Any, NamedTuple

import pytest

from aws_calls.errors import Outcome
from embedded_aws import Answer, Call, EmbeddedAws
from embedded_aws.scenarios.base_identity import BaseIdentity
from embedded_aws.server.errors import AwsError
from embedded_aws.server.rendering import render_error
from integration_tests.connector import read, run
from integration_tests.environments import MINUTE, refusal, shared_files, succeeded, told, without_keys
from integration_tests.loopback import Handler, Respond, serving, silent

ROLE = "arn:aws:iam::123456789012:role/airbyte-base"
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
SECRET = "a-secret-that-nobody-may-see"
OUTCOMES = {"config_error": Outcome.ACT, "transient_error": Outcome.LATER}
IMDS = "AWS_EC2_METADATA_SERVICE_ENDPOINT"


def web_identity(folder: Path, token: str, role: str = ROLE) -> dict[str, str]:
    (folder / "token").write_text(token)
    return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"), "AWS_ROLE_ARN": role}


def refused(code: str, status: int = 400) -> Callable[[Call, Answer], Answer]:
    return lambda call, _: render_error(call, AwsError(code, "AWS's own words", status))


class Case(NamedTuple):
    """Variables besides those that would work, what answers, who has to act, and words of the sentence."""

    env: dict[str, str]
    answer: Any
    acts: str
    words: list[str]


# The answer is a code of STS.
WEB_IDENTITIES = {
    "no file": Case(
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token"}, "", "config_error", ["/nowhere/token", "kubelet"]
    ),
    "an empty file": Case({"AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null"}, "", "config_error", ["/dev/null", "is empty"]),
    "no role": Case({"AWS_ROLE_ARN": ""}, "", "config_error", ["AWS_ROLE_ARN, or role_arn of the profile, is missing"]),
    "a role that trusts another": Case(
        {"AWS_ROLE_ARN": f"{ROLE}-2"},
        "",
        "config_error",
        [f"{ROLE}-2", "trust policy", "sub and aud", "eks.amazonaws.com/role-arn", "Not authorized"],
    ),
    "an unknown issuer": Case({}, "InvalidIdentityToken", "config_error", ["IAM identity provider", "/token"]),
    "a stale token": Case({}, "ExpiredTokenException", "config_error", ["/token", "has expired", "kubelet"]),
    "an issuer that does not answer": Case(
        {}, "IDPCommunicationError", "transient_error", ["could not reach", "/token"]
    ),
}


FINER_WEB_IDENTITIES = {
    "a folder": Case({"AWS_WEB_IDENTITY_TOKEN_FILE": "/"}, "", "config_error", ["/ cannot be read"]),
    "a role that is no ARN": Case({"AWS_ROLE_ARN": "reader"}, "", "config_error", ["(reader) is no ARN"]),
    "a rejected claim": Case({}, "IDPRejectedClaim", "config_error", ["IAM identity provider", "/token"]),
    "a session name that is none": Case(
        {}, "ValidationError", "config_error", ["role ARN and its session name", "external_id"]
    ),
    "a code of tomorrow": Case({}, "PackedPolicyTooLarge", "config_error", ["PackedPolicyTooLarge", WEB_IDENTITY]),
}


@pytest.mark.parametrize("case", WEB_IDENTITIES.values(), ids=WEB_IDENTITIES)
def test_what_is_wrong_with_a_web_identity_is_named(case: Case, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    variables = web_identity(tmp_path, BaseIdentity(empty_aws).token())
    if case.answer:
        empty_aws.rewrite(WEB_IDENTITY, refused(case.answer))
    failure_type, sentence, printed = told(without_keys(empty_aws), tmp_path, variables | case.env)
    assert (failure_type, [word for word in case.words if word not in sentence]) == (case.acts, []), sentence
    assert (tmp_path / "token").read_text() not in printed


@pytest.mark.parametrize("case", FINER_WEB_IDENTITIES.values(), ids=FINER_WEB_IDENTITIES)
def test_what_else_is_wrong_with_a_web_identity_is_named(
    case: Case, empty_aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = web_identity(tmp_path, BaseIdentity(empty_aws).token())
    if case.answer:
        empty_aws.rewrite(WEB_IDENTITY, refused(case.answer))
    error = refusal(without_keys(empty_aws), variables | case.env, monkeypatch)
    assert (error.outcome, [word for word in case.words if word not in str(error)]) == (OUTCOMES[case.acts], []), error


def test_a_web_identity_is_used_and_read_again_when_its_token_was_renewed(aws: EmbeddedAws, tmp_path: Path) -> None:
    base = BaseIdentity(aws)
    variables = web_identity(tmp_path, base.token())

    def renew() -> None:
        (tmp_path / "token").write_text(base.token())
        aws.expire_sessions()

    aws.after("iam:GetAccountAuthorizationDetails", 1, renew)
    output = read(without_keys(aws), tmp_path, streams=["groups"], env=variables)
    assert (output.exit_code, len(output.records("groups"))) == (0, len(aws.groups_truth()))
    assert sum(count for (*_, action), count in aws.requests.items() if action == WEB_IDENTITY) == 2


def test_a_token_file_that_vanishes_is_named_and_the_state_is_kept(aws: EmbeddedAws, tmp_path: Path) -> None:
    variables = web_identity(tmp_path, BaseIdentity(aws).token())

    def vanish() -> None:
        (tmp_path / "token").unlink()
        aws.expire_sessions()

    aws.after("cloudtrail:LookupEvents", 5, vanish)
    output = read(without_keys(aws), tmp_path, streams=["audit_events"], env=variables)
    assert (output.exit_code, {error["failure_type"] for error in output.errors}) == (1, {"config_error"})
    missing = f"{tmp_path}/token cannot be read (No such file or directory)"
    assert {missing in error["message"] for error in output.errors} == {True}
    assert output.audit_state


PROFILE = f"[default]\nrole_arn = {ROLE}\nsource_profile = keys\n[profile keys]\naws_access_key_id = A\n"
# A page, an answer of another call, and one that lacks what it is asked for.
ODD_ANSWERS = {
    "a page": (200, "<html>Sign in</html>", "was answered by something that is not AWS (HTTP 200 from "),
    "a page of an error": (403, "<html>No</html>", "was answered by something that is not AWS (HTTP 403 from "),
    "another answer": (200, "<ListUsersResponse/>", "was answered with a body that is not AWS's"),
    "no session": (200, "<{0}Response><{0}Result/></{0}Response>", "was answered with a body that is not AWS's"),
}


@pytest.mark.parametrize("answer", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
@pytest.mark.parametrize("operation", ["AssumeRole", "AssumeRoleWithWebIdentity"])
def test_what_answers_in_the_place_of_sts_where_the_environment_signs_in_is_named(
    operation: str,
    answer: tuple[int, str, str],
    empty_aws: EmbeddedAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    status, body, words = answer
    empty_aws.rewrite(f"sts:{operation}", lambda _, __: Answer(status, body.format(operation).encode(), {}))
    env = shared_files(tmp_path, config=f"{PROFILE}aws_secret_access_key = b\n")
    if operation != "AssumeRole":
        env = web_identity(tmp_path, BaseIdentity(empty_aws).token())
    error = refusal(without_keys(empty_aws), env, monkeypatch)
    assert f"sts:{operation} in Region us-east-1 {words}" in str(error), error
    assert error.outcome is (Outcome.ACT if status == 403 else Outcome.LATER)


def test_an_sts_that_hangs_does_not_hold_the_connection_test_up(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    variables = web_identity(tmp_path, BaseIdentity(empty_aws).token())
    began = time.monotonic()
    with silent() as url:
        output = run("check", folder=tmp_path, config=without_keys(empty_aws, endpoint_url=url), env=variables)
    assert time.monotonic() - began < MINUTE
    status, sentence = output.connection_status
    unanswered = f"{WEB_IDENTITY} in Region us-east-1 got no answer from {url}"
    assert (status, unanswered in sentence) == ("FAILED", True), sentence


def answering(status: int, body: str = "") -> Respond:
    return lambda _: (status, body.encode())


# The answer is the status and the body of the endpoint.
CONTAINERS = {
    "a host that may not be asked": Case(
        {FULL_URI: "http://10.0.0.1/"}, (200, ""), "config_error", [FULL_URI, "ECS or EKS"]
    ),
    "no token file": Case({TOKEN_FILE: "/nowhere"}, (200, ""), "config_error", ["/nowhere cannot be read", TOKEN_FILE]),
    "an agent that fails": Case({}, (500, SECRET), "transient_error", [FULL_URI, "HTTP 500"]),
}


FINER_CONTAINERS = {
    "an empty address": Case({FULL_URI: ""}, (200, ""), "config_error", [FULL_URI]),
    "a token of two lines": Case(
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"},
        (200, ""),
        "config_error",
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN holds a character that no HTTP header may have"],
    ),
    "a token of other letters": Case(
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "\u20ac"},
        (200, ""),
        "config_error",
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN holds a character that no HTTP header may have"],
    ),
    "a token file that is no text": Case(
        {TOKEN_FILE: "/bin/true"}, (200, ""), "config_error", [TOKEN_FILE, "no UTF-8 text"]
    ),
    "a port that is none": Case(
        {FULL_URI: "http://localhost:99999/"}, (200, ""), "config_error", [f"{FULL_URI} is no web address: its host or"]
    ),
    "half an address": Case(
        {FULL_URI: "http://[::1"}, (200, ""), "config_error", [f"{FULL_URI} is no web address: its host or port"]
    ),
    "no association": Case({}, (403, SECRET), "config_error", [FULL_URI, "HTTP 403"]),
    "no JSON": Case({}, (200, f"<{SECRET}>"), "transient_error", [FULL_URI, "not with JSON"]),
    "a list": Case({}, (200, f'["{SECRET}"]'), "config_error", [FULL_URI, "no JSON object"]),
    "an object of another form": Case({}, (200, f'{{"{SECRET}": 1}}'), "config_error", [FULL_URI, "no JSON object"]),
}


@pytest.mark.parametrize("case", CONTAINERS.values(), ids=CONTAINERS)
def test_what_is_wrong_with_the_endpoint_of_a_container_is_named(
    case: Case, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    with serving(answering(*case.answer)) as url:
        failure_type, sentence, printed = told(without_keys(empty_aws), tmp_path, {FULL_URI: url} | case.env)
    assert (failure_type, [word for word in case.words if word not in sentence]) == (case.acts, []), sentence
    assert SECRET not in printed


@pytest.mark.parametrize("case", FINER_CONTAINERS.values(), ids=FINER_CONTAINERS)
def test_what_else_is_wrong_with_the_endpoint_of_a_container_is_named(
    case: Case, empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answering(*case.answer)) as url:
        error = refusal(without_keys(empty_aws), {FULL_URI: url} | case.env, monkeypatch)
    assert (error.outcome, [word for word in case.words if word not in str(error)]) == (OUTCOMES[case.acts], []), error
    assert SECRET not in "".join(format_exception(error))


def test_an_endpoint_of_a_container_that_fails_for_seconds_is_waited_for(aws: EmbeddedAws, tmp_path: Path) -> None:
    base = BaseIdentity(aws)
    asked = list[str]()

    def respond(handler: Handler) -> tuple[int, bytes]:
        asked.append(handler.headers["Authorization"])
        if len(asked) in (1, 2, 4):
            return 500, b""
        return 200, json.dumps(base.as_an_endpoint_gives_it()).encode()

    (tmp_path / "token").write_text("first")

    def renew() -> None:
        (tmp_path / "token").write_text("second")
        aws.expire_sessions()

    aws.after("iam:GetAccountAuthorizationDetails", 1, renew)
    with serving(respond) as url:
        env = {FULL_URI: url, TOKEN_FILE: str(tmp_path / "token")}
        output = read(without_keys(aws), tmp_path, streams=["groups"], env=env)
    assert (output.exit_code, len(output.records("groups"))) == (0, len(aws.groups_truth()))
    assert asked == ["first"] * 3 + ["second"] * 2


def instance(base: BaseIdentity) -> Respond:
    """The metadata service of an instance that has the base identity."""

    def respond(handler: Handler) -> tuple[int, bytes]:
        if handler.path.endswith("/api/token"):
            return 200, b"token"
        if handler.path.endswith("/security-credentials/"):
            return 200, b"airbyte-base"
        return 200, json.dumps(base.as_an_endpoint_gives_it()).encode()

    return respond


def test_an_instance_is_asked_and_one_without_an_answer_or_an_address_is_named(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    config, there = without_keys(empty_aws), {"AWS_EC2_METADATA_DISABLED": "false"}
    with serving(instance(BaseIdentity(empty_aws))) as url:
        assert succeeded(run("check", folder=tmp_path, config=config, env={**there, IMDS: url}))
    with silent() as url:
        failure_type, sentence, _ = told(config, tmp_path, {**there, IMDS: url})
        assert (failure_type, "instance metadata service" in sentence) == ("transient_error", True), sentence
    failure_type, sentence, _ = told(config, tmp_path, {**there, IMDS: "no address"})
    assert (failure_type, f"{IMDS} is no URL" in sentence) == ("config_error", True), sentence


def test_half_an_address_of_the_instance_metadata_service_is_named(
    empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"AWS_EC2_METADATA_DISABLED": "false", IMDS: "http://[::1"}
    error = refusal(without_keys(empty_aws), env, monkeypatch)
    assert (error.outcome, f"{IMDS} is no URL" in str(error)) == (Outcome.ACT, True), error


@pytest.mark.parametrize(
    ("status", "outcome", "words"),
    [
        (500, Outcome.LATER, "instance metadata service"),
        (404, Outcome.ACT, "No usable AWS credentials were found"),
        (None, Outcome.ACT, "No usable AWS credentials were found"),
    ],
    ids=["out of order", "no role", "nobody there"],
)
def test_an_instance_that_has_no_role_is_told_apart_from_one_that_fails(
    status: int | None, outcome: Outcome, words: str, empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answering(status or 0)) as url:
        env = {"AWS_EC2_METADATA_DISABLED": "false", IMDS: url if status else "http://127.0.0.1:9"}
        error = refusal(without_keys(empty_aws), env, monkeypatch)
    assert (error.outcome, words in str(error)) == (outcome, True), error


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, None, "The base identity may not assume the role"),
        (
            200,
            "<html>Sign in</html>",
            "sso:GetRoleCredentials in Region us-east-1 was answered by something that is not",
        ),
        (403, '{"message": "No access"}', "sso:GetRoleCredentials in Region us-east-1 was answered by something that"),
    ],
    ids=["AWS", "a page", "a gateway"],
)
def test_the_portal_of_identity_center_gives_credentials_or_what_answers_in_its_place_is_named(
    status: int, body: str | None, words: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    given = {"accessKeyId": "ASIAPORTAL", "secretAccessKey": "b", "sessionToken": "t", "expiration": 4102444800000}
    signed = list[str]()

    def respond(handler: Handler) -> tuple[int, bytes]:
        if handler.command == "GET":
            return status, (body or json.dumps({"roleCredentials": given})).encode()
        signed.append(handler.headers["Authorization"])
        return 403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"

    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    # botocore names the file after the SHA-1 of the address.
    (cache / "98383e6608d65e46b24bbd92582bc8d916605a21.json").write_text(
        json.dumps({"accessToken": SECRET, "expiresAt": "2099-01-01T00:00:00Z"})
    )
    profile = "sso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = r\n"
    env = shared_files(tmp_path, config=f"[default]\n{profile}")
    with serving(respond) as url:
        # Started, as botocore looks for its home when it is imported.
        output = run("check", folder=tmp_path, config=without_keys(empty_aws, endpoint_url=url), env=env, process={})
    assert words in output.connection_status[1], output
    assert ["ASIAPORTAL" in one for one in signed] == ([] if body else [True])
    assert SECRET not in output.stdout + output.stderr
