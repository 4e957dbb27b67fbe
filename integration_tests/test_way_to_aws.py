"""Certificates, proxies and endpoints: the message names the variable or the field, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aws_calls.errors import Outcome
from embedded_aws import EmbeddedAws
from integration_tests.certificates import certificate
from integration_tests.environments import refusal, told
from integration_tests.loopback import serving

PASSWORD = "pass/word#1"
# None of this machine's own.
NO_WAY = dict.fromkeys(
    ("REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"), ""
)


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts an HTTPS server with a certificate as asked for, and returns its URL. The certificate is in server.pem."""
    running = []

    def start(**about: Any) -> str:
        server = serving(lambda _: (500, b""), certificate=certificate(tmp_path / "server.pem", **about))
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__(None, None, None)


class Case(NamedTuple):
    """What is special about the certificate, AWS_CA_BUNDLE in the test's folder, and words of the sentence."""

    about: dict[str, Any]
    name: str
    words: list[str]


CERTIFICATES = {
    "an issuer that nobody knows": Case({}, "", ["its issuer is unknown", "let AWS_CA_BUNDLE name a PEM file"]),
    "no bundle where one is named": Case(
        {}, "nowhere.pem", ["the certificate bundle that AWS_CA_BUNDLE names is missing"]
    ),
    "one that has expired": Case({"days": -1}, "server.pem", ["it has expired", "clock"]),
}
FINER_CERTIFICATES = {
    "one of another address": Case({"address": "127.0.0.2"}, "server.pem", ["it was issued for another"]),
    "an issuer that the bundle lacks": Case(
        {}, "other.pem", ["its issuer is not in the certificate bundle that AWS_CA_"]
    ),
    "a folder": Case({}, ".", ["the certificate bundle that AWS_CA_BUNDLE names is missing, is a folder"]),
    "a file without certificates": Case({}, "text.pem", ["holds no certificates"]),
}


def bundle(folder: Path, name: str) -> dict[str, str]:
    certificate(folder / "other.pem")
    (folder / "text.pem").write_text("no certificate")
    return {**NO_WAY, "AWS_CA_BUNDLE": str(folder / name) if name else ""}


@pytest.mark.parametrize("case", CERTIFICATES.values(), ids=CERTIFICATES)
def test_a_certificate_that_is_not_accepted_is_told_as_such(
    case: Case, tls: Callable[..., str], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    config = empty_aws.key_config(endpoint_url=tls(**case.about))
    failure_type, sentence, _ = told(config, tmp_path, bundle(tmp_path, case.name))
    assert (failure_type, [word for word in case.words if word not in sentence]) == ("config_error", []), sentence


@pytest.mark.parametrize("case", FINER_CERTIFICATES.values(), ids=FINER_CERTIFICATES)
def test_what_else_is_wrong_with_a_certificate_is_told(
    case: Case,
    tls: Callable[..., str],
    empty_aws: EmbeddedAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = empty_aws.key_config(endpoint_url=tls(**case.about))
    error = refusal(config, bundle(tmp_path, case.name), monkeypatch)
    assert (error.outcome, [word for word in case.words if word not in str(error)]) == (Outcome.ACT, []), error


def test_a_certificate_of_the_bundle_is_accepted(
    tls: Callable[..., str], empty_aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is behind it is out of order, which is for later."""
    url = tls()
    error = refusal(empty_aws.key_config(endpoint_url=url), bundle(tmp_path, "server.pem"), monkeypatch)
    assert (error.outcome, error.code) == (Outcome.LATER, "HTTP 500")


def test_a_proxy_that_asks_for_a_password_is_told_as_such(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    with serving(lambda _: (407, b"")) as proxy:
        env = {**NO_WAY, "https_proxy": proxy.replace("//", "//user:wrong-password@")}
        config = empty_aws.key_config(endpoint_url="https://aws.invalid")
        failure_type, sentence, printed = told(config, tmp_path, env)
    assert (failure_type, "https_proxy (407: it asks for a user and a password)" in sentence) == ("config_error", True)
    assert "wrong-password" not in printed


def test_a_proxy_that_is_no_url_is_told_without_its_password(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    env = {**NO_WAY, "http_proxy": f"http://user:{PASSWORD}@127.0.0.1:3128"}
    failure_type, sentence, printed = told(empty_aws.key_config(), tmp_path, env)
    assert (failure_type, "the variable http_proxy holds no proxy URL" in sentence) == ("config_error", True)
    assert not [word for word in (PASSWORD, "pass/word", "word#1", "user:pass/") if word in printed]


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("http://u:p#w@127.0.0.1:1", Outcome.ACT),
        ("http://u:p?w@127.0.0.1:1", Outcome.ACT),
        ("http://127.0.0.1:99999", Outcome.ACT),
        ("http://127.0.0.1:x", Outcome.ACT),
        ("http://[::1", Outcome.ACT),
        ("http://.:1", Outcome.ACT),
        ("http://prox y:1", Outcome.ACT),
        ("127.0.0.1:9", Outcome.LATER),
    ],
)
def test_what_else_is_wrong_with_a_proxy_is_told(
    value: str, outcome: Outcome, empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refusal(empty_aws.key_config(), {**NO_WAY, "http_proxy": value}, monkeypatch)
    assert (error.outcome, "the variable http_proxy" in str(error)) == (outcome, True), error
    assert value not in str(error)


@pytest.mark.parametrize("url", ["https://127.0.0.1:99999", "http://-", "http://[::1", "http://a_b", "http://a..b:80"])
def test_an_endpoint_url_that_the_sdk_refuses_is_named(
    url: str, empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refusal(empty_aws.key_config(endpoint_url=url), NO_WAY, monkeypatch)
    assert (error.outcome, ": endpoint_url is not a URL" in str(error)) == (Outcome.ACT, True), error
