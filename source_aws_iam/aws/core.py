"""botocore's sessions, and what each of them may read of the environment.

botocore reads some forty variables and three files, and refuses to work where one of them holds a value that it does
not know. What a session may not read has botocore's default here.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from botocore.configprovider import ConstantProvider
from botocore.session import Session
from botocore.tokens import TokenProviderChain

from source_aws_iam.aws.foreign import Parsers
from source_aws_iam.aws.models import loader
from source_aws_iam.aws.timestamps import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

# Which of AWS's addresses are asked is a matter of the network, as proxies are, and not of who asks.
_NETWORK: Final = frozenset({"use_fips_endpoint", "use_dualstack_endpoint"})
# Where the environment keeps an identity, and the addresses that come with it.
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
    """Let no traceback through: what failed for good is raised, and told in words; it may hold what a command said."""
    record.exc_info = None
    return record.args != ("mandatory",)


# botocore logs a renewal that failed with its traceback.
for _logger in ("botocore.credentials", "botocore.tokens"):
    logging.getLogger(_logger).addFilter(_in_one_line)


class CoreSession(Session):
    """A session that reads of the environment how AWS is reached, and with `identity` also what says who calls."""

    def __init__(self, *, identity: bool) -> None:
        """Read no profile, no shared file and no endpoint variable without `identity`."""
        known: Mapping[str, Any] = self.SESSION_VARIABLES
        readable = _NETWORK | _IDENTITY if identity else _NETWORK
        settings = {
            name: (None, None, None if name in _FILES else default, None)
            for name, (_, _, default, _) in known.items()
            if name not in readable
        }
        # Without a bundle, that of botocore. What is empty would be refused, as it might mean to trust anybody.
        settings["ca_bundle"] = ("ca_bundle" if identity else None, None, True, None)  # type: ignore[assignment]
        super().__init__(session_vars=settings)
        bundle = ca_bundle()
        if bundle:
            self.set_config_variable("ca_bundle", os.environ[bundle])
        # S3's own settings have variables too, and are read for each client of whatever service.
        self.get_component("config_store").set_config_provider("s3", ConstantProvider(None))
        self.register_component("data_loader", loader())
        parsers = Parsers()
        parsers.set_parser_defaults(timestamp_parser=parsed)
        self.register_component("response_parser_factory", parsers)
        # Bearer tokens are for services that are not called here, and looking for one may sign in.
        self.register_component("token_provider", TokenProviderChain())


class SignInSession(CoreSession):
    """The session with which the environment signs in. Its own calls go where all others go, and do not wait long."""

    def __init__(self, *, region: str, endpoint_url: str | None, config: Config) -> None:
        """`region` and `endpoint_url` are those of the connection; `config` bounds each call."""
        super().__init__(identity=True)
        self._endpoint_url = endpoint_url
        self.set_config_variable("region", region)
        self.set_default_client_config(config)

    def create_client(self, *args: Any, **options: Any) -> Any:
        """Return a client. Credential providers make theirs here, without an address."""
        make: Any = super().create_client
        return make(*args, **{"endpoint_url": self._endpoint_url, **options})


def ca_bundle() -> str | None:
    """Return the name of the variable that names the certificates to trust, or None where none does."""
    return next((name for name in CA_BUNDLES if os.environ.get(name, "").strip()), None)
