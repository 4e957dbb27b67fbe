"""The role of an EC2 instance, from its metadata service.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import os
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.awsrequest import AWSRequest
from botocore.credentials import InstanceMetadataProvider
from botocore.exceptions import (
    BotoCoreError,
    CredentialRetrievalError,
    InvalidConfigError,
    InvalidIMDSEndpointError,
    ReadTimeoutError,
)
from botocore.httpsession import URLLib3Session
from botocore.utils import InstanceMetadataFetcher, get_environ_proxies, resolve_imds_endpoint_mode

if TYPE_CHECKING:
    from botocore.session import Session

# The role is read again this long before its session ends. botocore's own value.
_ADVISORY_SECONDS: Final = 15 * 60


def provider(session: Session) -> Any:
    """Return the provider that asks the metadata service. Raises botocore's errors where a setting is unusable."""
    setting = session.get_config_variable
    config = {
        "ec2_metadata_service_endpoint": setting("ec2_metadata_service_endpoint"),
        "ec2_metadata_service_endpoint_mode": resolve_imds_endpoint_mode(session),
        "ec2_credential_refresh_window": _ADVISORY_SECONDS,
        "ec2_metadata_v1_disabled": setting("ec2_metadata_v1_disabled"),
    }
    timeout = _whole_number(session, "metadata_service_timeout", least=1)
    attempts = _whole_number(session, "metadata_service_num_attempts", least=0)
    try:
        fetcher: Any = InstanceMetadataFetcher(
            timeout=timeout, num_attempts=attempts, user_agent=session.user_agent(), config=config
        )
    except ValueError:  # of urllib, when botocore checks the URL
        raise InvalidIMDSEndpointError(endpoint=config["ec2_metadata_service_endpoint"]) from None
    # botocore then makes no request.
    off = not attempts or os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
    make: Any = InstanceMetadataProvider
    return make(iam_role_fetcher=fetcher if off else _Fetcher(fetcher, timeout=timeout))


def _whole_number(session: Session, name: str, *, least: int) -> int:
    try:
        number: int = session.get_config_variable(name)
    except ValueError:
        raise InvalidConfigError(error_msg=f"AWS_{name.upper()} is no whole number") from None
    if number < least:
        raise InvalidConfigError(error_msg=f"AWS_{name.upper()} is less than {least}")
    return number


class _Fetcher:
    """Checks the service where botocore found no role: botocore takes an error answer for "no role"."""

    def __init__(self, fetcher: InstanceMetadataFetcher, *, timeout: int) -> None:
        """`fetcher` is botocore's own, and `timeout` is that of `fetcher`, in seconds."""
        self._fetcher = fetcher
        self._timeout = timeout

    def retrieve_iam_role_credentials(self) -> dict[str, Any]:
        """Return the credentials, or {} where the machine is no instance or has no role."""
        found = self._fetcher.retrieve_iam_role_credentials()
        if found:
            return found
        status = self._status()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CredentialRetrievalError(provider="iam-role", error_msg="no answer")
        # The service works now. It may have failed a moment ago, or has a role that cannot be assumed.
        return self._fetcher.retrieve_iam_role_credentials() if status == HTTPStatus.OK else found

    def _status(self) -> int:
        """Ask for the name of the role. Return the status of the answer, or 0 where nothing answers at the address."""
        root = self._fetcher.get_base_url().rstrip("/")
        with closing(URLLib3Session(timeout=self._timeout, proxies=get_environ_proxies(root))) as http:
            lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
            status, token = _answer(http, "PUT", f"{root}/latest/api/token", lifetime)
            if not status:
                return status
            headers = {"X-aws-ec2-metadata-token": token} if status == HTTPStatus.OK else {}
            return _answer(http, "GET", f"{root}/latest/meta-data/iam/security-credentials/", headers)[0]


def _answer(http: URLLib3Session, method: str, url: str, headers: dict[str, str]) -> tuple[int, str]:
    make: Any = AWSRequest
    try:
        answer = http.send(make(method, url, headers).prepare())
    except ReadTimeoutError:
        return HTTPStatus.GATEWAY_TIMEOUT, ""
    except BotoCoreError:  # as on every machine outside of AWS
        return 0, ""
    return answer.status_code, answer.text
