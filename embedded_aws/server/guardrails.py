"""What denies a call to every caller of an account: the account is suspended, or a service control policy denies the
action, or closes the Region.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import UNKNOWN_KEY
from embedded_aws.server.permissions import access_denied
from embedded_aws.server.principals import Principal


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
    is_closed = call.region in cloud.accounts.closed_regions.get(caller.account_id, ())
    if is_closed or any(fnmatchcase(call.action.lower(), glob.lower()) for glob in denied):
        raise access_denied(call, caller, denied_by="a service control policy")
