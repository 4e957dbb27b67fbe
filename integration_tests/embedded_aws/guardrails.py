"""What stops every caller of an account, whatever its own policies allow: it is suspended, or a service control
policy denies the action.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from integration_tests.embedded_aws.calls import Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.errors import UNKNOWN_KEY
from integration_tests.embedded_aws.permissions import access_denied
from integration_tests.embedded_aws.principals import Principal


def check_guardrails(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raise what stops the caller, if anything does.

    AWS says nowhere what becomes of the sessions of an account that is suspended; here they are unknown from
    that moment. GetCallerIdentity needs no permission and cannot be denied, and no service control policy
    concerns the management account.
    """
    if cloud.is_closed(caller.account_id):
        raise UNKNOWN_KEY.to(call.protocol)
    if call.action == "sts:GetCallerIdentity":
        return
    tree = cloud.organization
    if tree and caller.account_id == tree.management:
        return
    denied = cloud.accounts.denied.get(caller.account_id, ())
    if any(fnmatchcase(call.action.lower(), glob.lower()) for glob in denied):
        raise access_denied(call, caller, denied_by="a service control policy")
