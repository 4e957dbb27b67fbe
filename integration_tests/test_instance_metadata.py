"""The metadata service of an instance in each of its states, asked as the environment's sign-in asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import CredentialRetrievalError

from aws_calls.core import SignInSession
from aws_calls.instance_metadata import provider
from integration_tests.environments import NOTHING_ELSE
from integration_tests.loopback import Handler, serving, silent

Answer = tuple[int, str]
GOOD: dict[str, Answer] = {
    "token": (200, "token"),
    "roles": (200, "reader"),
    "session": (
        200,
        json.dumps({"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}),
    ),
}
NO_TRUST = json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role."})


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NOTHING_ELSE, "AWS_EC2_METADATA_DISABLED": "false"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


class Metadata:
    """Answers well, but with `first` to the first requests of each kind, and with `always` to all of them."""

    def __init__(
        self, *, first: dict[str, list[Answer]] | None = None, always: dict[str, Answer] | None = None
    ) -> None:
        self.asked = list[str]()
        self._answers = {
            kind: chain((first or {}).get(kind, []), repeat((always or {}).get(kind, good)))
            for kind, good in GOOD.items()
        }

    def respond(self, handler: Handler) -> tuple[int, bytes]:
        kind = {"token": "token", "": "roles"}.get(handler.path.rpartition("/")[2], "session")
        # Whoever was given a token has to show it.
        shown = handler.headers.get("X-aws-ec2-metadata-token")
        self.asked.append(kind)
        status, body = next(self._answers[kind])
        return (401, b"") if kind != "token" and shown != "token" else (status, body.encode())


@contextmanager
def there(metadata: Metadata, patch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving(metadata.respond) as url:
        patch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        yield


def found() -> Any:
    loaded = provider(SignInSession(region="us-east-1", endpoint_url=None, config=Config())).load()
    return loaded and loaded.get_frozen_credentials().access_key


def test_an_instance_that_answers_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = Metadata()
    with there(metadata, monkeypatch):
        assert found() == "ASIA"
    assert metadata.asked == ["token", "roles", "session"]


@pytest.mark.parametrize("kind", ["token", "roles", "session"])
def test_an_instance_that_was_out_of_order_for_a_moment_is_asked_again(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with there(Metadata(first={kind: [(503, "")]}), monkeypatch):
        assert found() == "ASIA"


@pytest.mark.parametrize("status", [500, 503])
def test_an_instance_that_stays_out_of_order_is_told_from_one_without_a_role(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with there(Metadata(always={"roles": (status, "")}), monkeypatch), pytest.raises(CredentialRetrievalError):
        found()


def test_an_instance_that_does_not_answer_is_out_of_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent() as url:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        with pytest.raises(CredentialRetrievalError):
            found()


@pytest.mark.parametrize(
    "always",
    [{"roles": (404, "")}, {"token": (403, "")}, {"session": (200, NO_TRUST)}, {"session": (404, "")}],
    ids=["no role", "no token", "no trust", "no session"],
)
def test_an_instance_whose_role_gives_nothing_has_none(
    always: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with there(Metadata(always=always), monkeypatch):
        assert found() is None


def test_a_machine_outside_of_aws_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Metadata().respond) as url:
        pass
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
    assert found() is None


@pytest.mark.parametrize(
    "off", [("AWS_EC2_METADATA_DISABLED", "True"), ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "0")], ids=" ".join
)
def test_an_instance_is_not_asked_where_that_is_switched_off(
    off: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*off)
    metadata = Metadata()
    with there(metadata, monkeypatch):
        assert found() is None
    assert metadata.asked == []
