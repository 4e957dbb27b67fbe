"""botocore's sessions, and which settings of the environment each of them reads.

botocore reads some forty variables and three files, and raises where one of them has a value that it does not know. A
setting that a session does not read has botocore's default here.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from botocore.configprovider import ConstantProvider
from botocore.session import Session
from botocore.tokens import TokenProviderChain

from aws_calls.foreign import Parsers
from aws_calls.models import loader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

# These choose AWS's addresses. That belongs to the network, as proxies do, and not to the credentials.
_NETWORK: Final = frozenset({"use_fips_endpoint", "use_dualstack_endpoint"})
# Where the environment has credentials, and the addresses that belong to them.
_IDENTITY: Final = frozenset(
    {
        *("profile", "config_file", "credentials_file", "ignore_configured_endpoint_urls"),
        *("metadata_service_timeout", "metadata_service_num_attempts"),
        *("ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "ec2_metadata_v1_disabled"),
        "imds_use_ipv6",
    }
)
_FILES: Final = frozenset({"config_file", "credentials_file"})
# The first one that is not empty counts.
CA_BUNDLES: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")


def _in_one_line(record: logging.LogRecord) -> bool:
    """Remove tracebacks, which may contain the output of a command. A failure that counts is raised as an AwsError."""
    record.exc_info = None
    return record.args != ("mandatory",)


# botocore logs a failed renewal with its traceback.
for _logger in ("botocore.credentials", "botocore.tokens"):
    logging.getLogger(_logger).addFilter(_in_one_line)


class CoreSession(Session):
    """A session that reads the environment's settings of the network, and with `identity` also its credentials."""

    def __init__(self, *, identity: bool) -> None:
        """Read no profile, no shared file and no endpoint variable without `identity`."""
        known: Mapping[str, Any] = self.SESSION_VARIABLES
        readable = _NETWORK | _IDENTITY if identity else _NETWORK
        settings = {
            name: (None, None, None if name in _FILES else default, None)
            for name, (_, _, default, _) in known.items()
            if name not in readable
        }
        # Without a bundle, botocore's own. An empty name would be an error, because it might mean to trust any server.
        settings["ca_bundle"] = ("ca_bundle" if identity else None, None, True, None)  # type: ignore[assignment]
        super().__init__(session_vars=settings)
        bundle = ca_bundle()
        if bundle:
            self.set_config_variable("ca_bundle", os.environ[bundle])
        # The settings of S3 have variables too, and botocore reads them for the clients of all services.
        self.get_component("config_store").set_config_provider("s3", ConstantProvider(None))
        self.register_component("data_loader", loader())
        self.register_component("response_parser_factory", Parsers())
        # Bearer tokens are for services that are not called here, and botocore might sign in to get one.
        self.register_component("token_provider", TokenProviderChain())


class SignInSession(CoreSession):
    """The session that signs in with the environment's credentials. It uses the same endpoint as all other calls."""

    def __init__(self, *, region: str, endpoint_url: str | None, config: Config) -> None:
        """`region` and `endpoint_url` are those of the form; `config` has the timeouts of each call."""
        super().__init__(identity=True)
        self._endpoint_url = endpoint_url
        self.set_config_variable("region", region)
        self.set_default_client_config(config)

    def create_client(self, *args: Any, **options: Any) -> Any:
        """Return a client. Credential providers make theirs without an endpoint."""
        make: Any = super().create_client
        return make(*args, **{"endpoint_url": self._endpoint_url, **options})


def ca_bundle() -> str | None:
    """Return the name of the variable that names the certificate bundle, or None where none does."""
    return next((name for name in CA_BUNDLES if os.environ.get(name, "").strip()), None)
