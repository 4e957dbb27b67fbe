"""botocore's chain of credential providers, in its order, with nobody to ask and nothing that waits for ever.

https://docs.aws.amazon.com/boto3/latest/guide/credentials.html#configuring-credentials
"""

from __future__ import annotations

import os
import signal
import subprocess
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore import credentials as botocore_credentials
from botocore.exceptions import (
    BotoCoreError,
    CredentialRetrievalError,
    InvalidConfigError,
    InvalidIMDSEndpointError,
    ReadTimeoutError,
)
from botocore.utils import (
    ContainerMetadataFetcher,
    InstanceMetadataFetcher,
    create_nested_client,
    resolve_imds_endpoint_mode,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session

# An instance's role is read again this long before it ends. botocore's own value.
_INSTANCE_ADVISORY_SECONDS: Final = 15 * 60


class PersonNeededError(Exception):
    """A profile asks for the code of a device that a person holds."""


class UnusableKeyError(Exception):
    """Credentials with which nobody can sign. `str()` is what is wrong with them, and has no part of them."""


def providers(session: Session, *, region: str, seconds: float) -> Sequence[Any]:
    """Return what may know the environment's credentials, the first to be asked first.

    `seconds` is how long a credential_process may run.
    """
    made: Any = botocore_credentials
    profile = session.get_config_variable("profile") or "default"
    cache: dict[str, Any] = {}
    profiles = _Profiles(session, cache=cache, region_name=region)
    profiles.popen = partial(_Process, seconds=seconds)
    variables, container, instance = (
        made.EnvProvider(),
        made.ContainerProvider(fetcher=_Container()),
        _instance(session),
    )
    assume_role = made.AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=partial(create_nested_client, session, region_name=region),
        cache=cache,
        profile_name=profile,
        prompter=_ask_nobody,
        credential_sourcer=made.CanonicalNameCredentialSourcer([variables, container, instance]),
        profile_provider_builder=profiles,
    )
    of_profile = profiles.providers(profile_name=profile)
    return [variables, assume_role, *of_profile, made.OriginalEC2Provider(), made.BotoProvider(), container, instance]


def _ask_nobody(_: str) -> str:
    # botocore's own prompt would be written to standard output, and wait for an answer.
    raise PersonNeededError


def _instance(session: Session) -> Any:
    setting = session.get_config_variable
    config = {
        "ec2_metadata_service_endpoint": setting("ec2_metadata_service_endpoint"),
        "ec2_metadata_service_endpoint_mode": resolve_imds_endpoint_mode(session),
        "ec2_credential_refresh_window": _INSTANCE_ADVISORY_SECONDS,
        "ec2_metadata_v1_disabled": setting("ec2_metadata_v1_disabled"),
    }
    timeout = _whole_number(session, "metadata_service_timeout", least=1)
    attempts = _whole_number(session, "metadata_service_num_attempts", least=0)
    try:
        fetcher: Any = _Instance(timeout=timeout, num_attempts=attempts, user_agent=session.user_agent(), config=config)
    except ValueError:  # of urllib, where botocore asks whether it is a URL
        raise InvalidIMDSEndpointError(endpoint=config["ec2_metadata_service_endpoint"]) from None
    return botocore_credentials.InstanceMetadataProvider(iam_role_fetcher=fetcher)


def _whole_number(session: Session, name: str, *, least: int) -> int:
    try:
        number: int = session.get_config_variable(name)
    except ValueError:
        raise InvalidConfigError(error_msg=f"AWS_{name.upper()} is no whole number") from None
    if number < least:
        raise InvalidConfigError(error_msg=f"AWS_{name.upper()} is less than {least}")
    return number


class _Profiles(botocore_credentials.ProfileProviderBuilder):
    """Makes the providers of a profile, and of each that it takes its credentials from."""

    popen: Any

    def _create_process_provider(self, profile_name: str) -> Any:
        own: Any = self  # botocore's types leave out what a subclass may use
        make: Any = botocore_credentials.ProcessProvider
        return make(profile_name=profile_name, load_config=lambda: own._session.full_config, popen=self.popen)  # noqa: SLF001


class _Process(subprocess.Popen[bytes]):
    """A credential_process that can ask nobody, whose errors nobody reads, and that ends in time.

    botocore puts what the command writes to standard error into its exception. It may hold a secret.
    """

    def __init__(self, command: Sequence[str], *, seconds: float, **_: Any) -> None:
        null = subprocess.DEVNULL
        super().__init__(command, stdin=null, stdout=subprocess.PIPE, stderr=null, start_new_session=True)
        self._seconds = seconds

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002
        """Return what the command printed. Raises subprocess.TimeoutExpired, and then it runs no more."""
        try:
            printed, _ = super().communicate(input, timeout or self._seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait()
            raise
        return printed, b""


class _Container(ContainerMetadataFetcher):
    """The agent of a container or pod. One that restarts answers again after some seconds."""

    RETRY_ATTEMPTS = 5


class _Instance(InstanceMetadataFetcher):
    """The metadata service of an instance, told apart from none: botocore takes a bad answer for "no role here"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        own: Any = self  # botocore's types leave out what a subclass may use
        self._session: Any = _Listening(own._session)  # noqa: SLF001

    def retrieve_iam_role_credentials(self) -> Any:
        """Return the credentials, or nothing where the machine is no instance or has no role."""
        found = super().retrieve_iam_role_credentials()
        if not found and self._session.failing:
            raise CredentialRetrievalError(provider="iam-role", error_msg="no answer")
        return found


class _Listening:
    """Sends requests, and remembers whether the service that takes them is out of order."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.failing = False

    def send(self, request: Any) -> Any:
        """Send one request and return its answer."""
        try:
            answer = self._session.send(request)
        except BotoCoreError as error:
            # Nobody at the address at all is what every machine outside of AWS finds.
            self.failing = isinstance(error, ReadTimeoutError)
            raise
        self.failing = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        return answer
