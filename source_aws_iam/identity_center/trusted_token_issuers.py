"""trusted_token_issuers: the issuers outside of AWS whose tokens an instance trusts.

An instance of a member account has issuers too, for which its own account is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.identity_center.identified_rows import identified_rows
from source_aws_iam.identity_center.identity_center_stream import AdministratorStream
from source_aws_iam.identity_center.resource_tags import resource_tags
from source_aws_iam.streams.columns import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance

_ARN: Final = "trusted_token_issuer_arn"
_CONFIGURATION: Final = "trusted_token_issuer_configuration"


class TrustedTokenIssuers(AdministratorStream):
    """One row per trusted token issuer."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the issuers, several at a time."""
        admin = instance.admin

        def row(issuer: Row) -> Row:
            arn = issuer[_ARN]
            found = visible(
                {
                    (_CONFIGURATION,): lambda: _configuration(instance, arn),
                    ("tags",): lambda: {"tags": resource_tags(instance, arn)},
                }
            )
            return {**issuer, **found}

        request = {"InstanceArn": instance.arn}
        listed = identified_rows(admin, "list_trusted_token_issuers", "TrustedTokenIssuers", _ARN, **request)
        yield from admin.each("trusted token issuers", row, [*listed])


def _configuration(instance: Instance, arn: str) -> Row:
    found = instance.admin.one("describe_trusted_token_issuer", TrustedTokenIssuerArn=arn)
    return {_CONFIGURATION: found.get(_CONFIGURATION)}
