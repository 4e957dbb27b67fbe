"""IAM calls on one user where moto does less than AWS: permissions boundaries, renaming, tags, and what DeleteUser
refuses.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import User

from embedded_aws.server import iam_shapes
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.iam_entities import user_named, user_of
from embedded_aws.server.iam_ids import unique_id
from embedded_aws.server.paging import one_page
from embedded_aws.server.principals import Principal


def create_user(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """As moto, plus the permissions boundary."""
    backend, name = cloud.iam(caller.account_id), call.params["UserName"]
    if name.lower() in {taken.lower() for taken in backend.users}:
        raise AwsError("EntityAlreadyExists", f"User with name {name} already exists.", 409)
    tags = call.params.get("Tags") or []
    user = backend.create_user(call.region, name, call.params.get("Path", "/"), tags)
    user.id, user.create_date = unique_id("AIDA"), cloud.moto_now()
    set_boundary(user, call.params.get("PermissionsBoundary"))
    held = iam_shapes.boundary(iam_shapes.user_boundary_arn(user))
    return {"User": {**iam_shapes.bare_user(user), "PermissionsBoundary": held, "Tags": tags or None}}


def get_user(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return {"User": iam_shapes.whole_user(user_of(cloud, call, caller))}


def list_user_tags(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    user = user_named(cloud.iam(caller.account_id), call.params["UserName"])
    shown, more = one_page(call, {(tag["Key"],): tag for tag in user.tags or []}, cloud.page_cap)
    return {"Tags": shown, **more}


def update_user(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Rename or move. moto forgets the tags, which it files under the ARN, and leaves the keys with the old
    name.
    """
    backend = cloud.iam(caller.account_id)
    user = user_named(backend, call.params["UserName"])
    tags = user.tags or []
    backend.tagger.delete_all_tags_for_resource(user.arn)
    backend.update_user(user.name, call.params.get("NewPath"), call.params.get("NewUserName"))
    backend.tagger.tag_resource(user.arn, tags)
    for key in user.access_keys:
        key.user_name = user.name
    for credential in cloud.service_credentials.get(caller.account_id, []):
        if credential["UserName"] == call.params["UserName"]:
            credential["UserName"] = user.name
    return {}


def delete_user(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """As moto, which however deletes members of groups and leaves them in the groups."""
    backend = cloud.iam(caller.account_id)
    user = user_named(backend, call.params["UserName"])
    in_groups = any(user in group.users for group in backend.groups.values())
    held = [
        *(*user.managed_policies, *user.policies, *user.access_keys, *user.mfa_devices),
        *(*user.ssh_public_keys, *user.signing_certificates),
        *(one for one in cloud.service_credentials.get(caller.account_id, []) if one["UserName"] == user.name),
    ]
    if in_groups or held or user.password:
        text = "Cannot delete entity, must first remove its groups, policies, credentials, MFA and password."
        raise AwsError("DeleteConflict", text, 409)
    backend.delete_user(user.name)
    return {}


def put_user_permissions_boundary(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    set_boundary(user_named(cloud.iam(caller.account_id), call.params["UserName"]), call.params["PermissionsBoundary"])
    return {}


def delete_user_permissions_boundary(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    set_boundary(user_named(cloud.iam(caller.account_id), call.params["UserName"]), None)
    return {}


def generate_credential_report(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    root_mfa = caller.account_id in cloud.root_mfa
    return cloud.credential_report.generate(cloud.iam(caller.account_id), cloud.now(), root_mfa=root_mfa)


def get_credential_report(cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    return cloud.credential_report.get(cloud.iam(caller.account_id), cloud.now())


def set_boundary(user: User, policy_arn: str | None) -> None:
    """Under the name that moto's serializer looks for, so that moto's GetUser shows it too."""
    user.permissions_boundary = iam_shapes.boundary(policy_arn)  # type: ignore[attr-defined]
