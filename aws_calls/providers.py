"""botocore's chain of credential providers, in its order, without prompts and with timeouts.

https://docs.aws.amazon.com/boto3/latest/guide/credentials.html#configuring-credentials
"""

from __future__ import annotations

import os
import signal
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore import credentials as botocore_credentials
from botocore.utils import ContainerMetadataFetcher, create_nested_client

from aws_calls import instance_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.session import Session


class PersonNeededError(Exception):
    """A profile asks for a code of an MFA device."""


class UnusableKeyError(Exception):
    """Credentials that cannot sign. `str()` says what is wrong with them, and quotes no part of them."""


def providers(session: Session, *, region: str, seconds: float) -> Sequence[Any]:
    """Return the providers of the environment's credentials, in the order in which they are asked.

    `seconds` is how long a credential_process may run.
    """
    made: Any = botocore_credentials
    profile = session.get_config_variable("profile") or "default"
    cache: dict[str, Any] = {}
    profiles = _Profiles(session, cache=cache, region=region, seconds=seconds)
    variables, container, instance = (
        made.EnvProvider(),
        made.ContainerProvider(fetcher=_Container()),
        instance_metadata.provider(session),
    )
    assume_role = made.AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=partial(create_nested_client, session, region_name=region),
        cache=cache,
        profile_name=profile,
        prompter=_no_prompt,
        credential_sourcer=made.CanonicalNameCredentialSourcer([variables, container, instance]),
        profile_provider_builder=profiles,
    )
    of_profile = profiles.providers(profile_name=profile)
    return [variables, assume_role, *of_profile, made.OriginalEC2Provider(), made.BotoProvider(), container, instance]


def _no_prompt(_: str) -> str:
    # botocore's own prompt would be written to standard output, and wait for an answer.
    raise PersonNeededError


class _Profiles:
    """Makes the providers of a profile, and of the profiles from which it takes its credentials."""

    def __init__(self, session: Session, *, cache: dict[str, Any], region: str, seconds: float) -> None:
        self._usual = botocore_credentials.ProfileProviderBuilder(session, cache=cache, region_name=region)
        self._of_process: Any = partial(
            botocore_credentials.ProcessProvider,
            load_config=lambda: session.full_config,
            popen=partial(_Process, seconds=seconds),
        )

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[Any]:
        """Return botocore's providers, in its order, with a credential_process that cannot hang."""
        usual = self._usual.providers(profile_name=profile_name, disable_env_vars=disable_env_vars)
        process = self._of_process(profile_name=profile_name)
        return [process if provider.METHOD == process.METHOD else provider for provider in usual]


class _Process(subprocess.Popen[bytes]):
    """A credential_process without a terminal and with a timeout. Its standard error is dropped.

    botocore puts standard error into its exception, and it may contain a secret.
    """

    def __init__(self, command: Sequence[str], *, seconds: float, **_: Any) -> None:
        null = subprocess.DEVNULL
        super().__init__(command, stdin=null, stdout=subprocess.PIPE, stderr=null, start_new_session=True)
        self._seconds = seconds

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002
        """Return what the command printed. Kills it and raises subprocess.TimeoutExpired if it does not end in time."""
        try:
            printed, _ = super().communicate(input, timeout or self._seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait()
            if self.stdout:
                self.stdout.close()
            raise
        return printed, b""


class _Container(ContainerMetadataFetcher):
    """The agent of a container or pod. If it restarts, it answers again after some seconds."""

    RETRY_ATTEMPTS = 5
