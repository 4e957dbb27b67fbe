"""Which IAM role of an account a permission set became.

Identity Center makes one role for each account and permission set, and does not say its name. It is
AWSReservedSSO_<name of the permission set>_<16 hex digits>, at a path that ends in the Region of the instance, except
in us-east-1.

https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Row

PATH_PREFIX: Final = "/aws-reserved/sso.amazonaws.com/"
# What is needed of a role.
OF_ROLE: Final = ("arn", "role_id", "role_name", "path", "create_date")


def role_of(permission_set: str, region: str, roles: Iterable[Row]) -> Row | None:
    """Return the role of the permission set of that name, whose instance is in `region`, among the `roles` of an
    account. Of several, all but the youngest are left over from instances that were deleted.
    """
    whole = re.compile(f"AWSReservedSSO_{re.escape(permission_set)}_[0-9a-f]{{16}}")
    paths = {PATH_PREFIX, f"{PATH_PREFIX}{region}/"} if region == "us-east-1" else {f"{PATH_PREFIX}{region}/"}
    found = [role for role in roles if role.get("path") in paths and whole.fullmatch(role.get("role_name") or "")]
    return max(found, key=lambda role: role.get("create_date") or "", default=None)
