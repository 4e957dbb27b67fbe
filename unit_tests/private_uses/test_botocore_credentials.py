"""What the connector uses of botocore's sessions and credentials without a promise."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, EndpointConnectionError, ParamValidationError
from botocore.session import Session

from unit_tests.private_uses.aws_client import GOOD, client
from unit_tests.private_uses.uses import canary, name, parameters

NOBODY = EndpointConnectionError(endpoint_url="https://iam.amazonaws.com/")


@canary(
    "botocore's sessions have the components `credential_provider`, `token_provider`, `data_loader`, "
    "`response_parser_factory` and `config_store`",
    sign="register_component",
    why="That is how botocore is given other credentials, models and parsers, and is kept from files and variables.",
    instead="Look up the new names in `botocore/session.py`.",
)
def test_a_session_has_components() -> None:
    session = Session()
    for component in ("credential_provider", "token_provider", "data_loader", "response_parser_factory"):
        session.get_component(component)
        session.register_component(component, component)
        assert session.get_component(component) == component
    assert session.get_component("config_store").get_config_variable("sts_regional_endpoints")


@canary(
    "`Session.SESSION_VARIABLES` lists all settings as (key in the file, variable, default, conversion), and "
    "`session_vars` overrides them",
    sign="SESSION_VARIABLES",
    why="With keys in the configuration, the environment plays no part.",
    instead="Read `botocore/configprovider.py` for how a session is kept from variables and files now.",
)
def test_a_session_can_be_kept_from_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    known: Any = Session.SESSION_VARIABLES
    assert {len(setting) for setting in known.values()} == {4}
    assert known["region"][1] == "AWS_DEFAULT_REGION"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    blind: Any = {"region": (None, None, "us-east-1", None)}
    assert Session(session_vars=blind).get_config_variable("region") == "us-east-1"


@canary(
    "The settings of S3 are a provider of their own in the config store, `s3`",
    sign="set_config_provider",
    why="They are read for each client of whatever service, and a bad one would be an error of IAM.",
    instead="Look in `botocore/configprovider.py` for where AWS_S3_* are read.",
)
def test_the_settings_of_s3_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "legacy")
    session = Session()
    assert session.get_config_variable("s3") == {"us_east_1_regional_endpoint": "legacy"}
    constant = name("botocore.configprovider:ConstantProvider")(None)
    session.get_component("config_store").set_config_provider("s3", constant)
    assert session.get_config_variable("s3") is None


@canary(
    "botocore logs a renewal that failed with `advisory` or `mandatory` as its only argument, and the traceback",
    sign='"mandatory"',
    why="A traceback may hold what a command said, and what failed for good is told in words.",
    instead="See what `botocore.credentials` logs now, and let the filter in `core.py` know it.",
)
def test_a_renewal_that_failed_is_logged_by_its_period(monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("botocore.credentials"), "filters", [records.append])
    for minutes in (1, 12):
        soon = datetime.now(timezone.utc) + timedelta(minutes=minutes)
        held = RefreshableCredentials("A", "s", "t", soon, lambda: 1 // 0, "custom-process")
        with suppress(ZeroDivisionError):
            held.get_frozen_credentials()
    assert [(record.args, bool(record.exc_info)) for record in records] == [
        (("mandatory",), True),
        (("advisory",), True),
    ]


@canary(
    "`RefreshableCredentials` takes a clock and the times of renewal (`time_fetcher`, `advisory_timeout`, "
    "`mandatory_timeout`), and fetches at once where its session has ended",
    sign="time_fetcher",
    why="Sessions of 900 seconds would be renewed at every signing, and tests bring their own time.",
    instead="Renew in `credentials.py`: it takes a lock and two comparisons.",
)
def test_refreshable_credentials_take_a_clock_and_times() -> None:
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    fetched = {"access_key": "B", "secret_key": "s", "token": "t", "expiry_time": "2026-01-01T01:00:00Z"}
    held = RefreshableCredentials(
        access_key="",
        secret_key="",
        token="",
        expiry_time=now - timedelta(days=1),
        refresh_using=lambda: fetched,
        method="assume-role",
        time_fetcher=lambda: now,
        advisory_timeout=300,
        mandatory_timeout=120,
    )
    assert held.get_frozen_credentials().access_key == "B"
    assert not held.refresh_needed()


class Signing:
    """The least that botocore asks of credentials, which are here their own provider."""

    def get_frozen_credentials(self) -> Any:
        return name("botocore.credentials:ReadOnlyCredentials")("AKIAOURS", "s", None)


@canary(
    "botocore signs a request with the object in its `context` under `signing`, `request_credentials`, where it asks "
    "for nothing but `get_frozen_credentials`",
    sign="request_credentials",
    why="Accounts share clients, and each call is signed by its own call identity.",
    instead="Give the clients credentials that find the call identity of a request, in `request_path.py`.",
)
def test_a_request_brings_what_signs_it() -> None:
    aws = client(GOOD)

    def bring(request: Any, **_: Any) -> None:
        request.context.setdefault("signing", {})["request_credentials"] = Signing()

    aws.meta.events.register("before-sign.iam", bring)
    signed = []
    aws.meta.events.register("before-send.iam", lambda request, **_: signed.append(request.headers["Authorization"]))
    aws.get_user()
    assert b"Credential=AKIAOURS/" in signed[0]


@canary(
    "The providers of credentials are classes with `METHOD` and `load`, and `ProfileProviderBuilder`, which is marked "
    "as internal, lists those of a profile",
    sign="ProfileProviderBuilder",
    why="The environment is searched in botocore's order, but nobody is asked for a code and no command hangs.",
    instead="List the providers of a profile in `providers.py`; `test_core.py` compares them with botocore's.",
)
def test_the_chain_of_providers_can_be_put_together() -> None:
    of = "botocore.credentials:"
    assert parameters(f"{of}AssumeRoleProvider") >= {
        *("load_config", "client_creator", "cache", "profile_name", "prompter"),
        *("credential_sourcer", "profile_provider_builder"),
    }
    assert parameters(f"{of}ProcessProvider") >= {"profile_name", "load_config", "popen"}
    assert parameters(f"{of}ContainerProvider") >= {"fetcher"}
    assert parameters(f"{of}InstanceMetadataProvider") >= {"iam_role_fetcher"}
    assert parameters(f"{of}ProfileProviderBuilder") >= {"session", "cache", "region_name"}
    assert parameters(f"{of}ProfileProviderBuilder.providers") >= {"profile_name", "disable_env_vars"}
    for provider in ("EnvProvider", "OriginalEC2Provider", "BotoProvider", "ProcessProvider"):
        assert name(f"{of}{provider}.METHOD")
    assert name(f"{of}CanonicalNameCredentialSourcer")
    assert parameters("botocore.utils:create_nested_client") >= {"session", "service_name"}


@canary(
    "`InstanceMetadataFetcher` asks the metadata service, and returns an empty dict where it got nothing",
    sign="InstanceMetadataFetcher",
    why="Whether it got nothing because there is no role, or because the service is out of order, is looked at after.",
    instead="Ask the service in `instance_metadata.py`; it already sends two of the three requests.",
)
def test_the_fetcher_of_an_instance_can_be_wrapped() -> None:
    assert parameters("botocore.utils:InstanceMetadataFetcher") >= {"timeout", "num_attempts", "user_agent", "config"}
    config = {"ec2_metadata_service_endpoint": "http://127.0.0.1:9"}
    fetcher = name("botocore.utils:InstanceMetadataFetcher")(num_attempts=0, config=config)
    assert (fetcher.get_base_url(), fetcher.retrieve_iam_role_credentials()) == ("http://127.0.0.1:9", {})
    assert parameters("botocore.httpsession:URLLib3Session") >= {"timeout", "proxies"}
    assert name("botocore.utils:get_environ_proxies")("http://127.0.0.1:9") is not None
    assert name("botocore.utils:resolve_imds_endpoint_mode")(Session()) == "ipv4"


@canary(
    "`ContainerMetadataFetcher` tries as often as its class says in `RETRY_ATTEMPTS`",
    sign="RETRY_ATTEMPTS",
    why="An agent that restarts answers again after some seconds.",
    instead="Retry around `retrieve_full_uri` and `retrieve_uri`, which are public.",
)
def test_the_fetcher_of_a_container_tries_as_often_as_its_class_says() -> None:
    asked = []
    twice = type("Twice", (name("botocore.utils:ContainerMetadataFetcher"),), {"RETRY_ATTEMPTS": 2})

    class Http:
        def send(self, _: Any) -> Any:
            asked.append(1)
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    with pytest.raises(BotoCoreError):
        twice(session=Http(), sleep=lambda _: None).retrieve_full_uri("http://127.0.0.1:9")
    assert len(asked) == 2


@canary(
    "A session that is renewed and has still ended is a RuntimeError whose text ends in `still expired.`",
    sign="still expired.",
    why="It is told apart from bugs: whatever gives the credentials has to renew them.",
    instead="Recognize it by its new type or text in `sign_in_failures.py`.",
)
def test_a_renewed_session_that_has_ended_is_recognized_by_its_text() -> None:
    past = {"access_key": "A", "secret_key": "s", "token": "t", "expiry_time": "2020-01-01T00:00:00Z"}
    held = RefreshableCredentials.create_from_metadata(past, lambda: past, "env")
    with pytest.raises(RuntimeError, match=r"still expired\.$"):
        held.get_frozen_credentials()


@canary(
    "What is wrong with the endpoint of a container stands in texts: `Unsupported host`, `Auth token`, "
    "`non 200 response`",
    sign="non 200 response",
    why="Each has a sentence of its own.",
    instead="Recognize them by their new texts in `container_failures.py`.",
)
def test_failures_of_a_container_are_recognized_by_their_texts() -> None:
    fetcher = name("botocore.utils:ContainerMetadataFetcher")
    with pytest.raises(ValueError, match="Unsupported host"):
        fetcher().retrieve_full_uri("http://10.0.0.1/")

    class Http:
        def send(self, _: Any) -> Any:
            return SimpleNamespace(content=b"no", status_code=403)

    with pytest.raises(BotoCoreError, match="non 200 response 403"):
        fetcher(session=Http(), sleep=lambda _: None).retrieve_full_uri("http://127.0.0.1:9")
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb",
    }
    with pytest.raises(ValueError, match="Auth token"):
        name("botocore.credentials:ContainerProvider")(environ=environ).load()


@canary(
    "A role of a web identity that is missing, and parameters that are refused, stand in texts: `no role ARN`, "
    "`WebIdentityToken`",
    sign="no role ARN",
    why="Each has a sentence of its own.",
    instead="Recognize them by their new texts in `sign_in_failures.py`.",
)
def test_failures_of_a_web_identity_are_recognized_by_their_texts() -> None:
    of = name("botocore.credentials:AssumeRoleWithWebIdentityProvider")
    profile = {"profiles": {"dev": {"web_identity_token_file": "/dev/null"}}}
    with pytest.raises(BotoCoreError, match="no role ARN"):
        of(load_config=lambda: profile, client_creator=None, profile_name="dev", disable_env_vars=True).load()
    with pytest.raises(ParamValidationError, match="WebIdentityToken"):
        client(service="sts").assume_role_with_web_identity(RoleArn="a" * 20, RoleSessionName="me", WebIdentityToken="")
