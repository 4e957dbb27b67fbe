"""Which class and activity a CloudTrail event has. Events that are not listed are API Activity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    GROUP_MANAGEMENT,
    OTHER,
    USER_ACCESS,
    Activity,
    EventClass,
    activity,
)

IAM: Final = "iam.amazonaws.com"
STS: Final = "sts.amazonaws.com"
SIGN_IN: Final = "signin.amazonaws.com"
IDENTITY_CENTER: Final = "sso.amazonaws.com"

# Class -> eventSource -> activity -> names of events.
EVENTS: Final[Mapping[EventClass, Mapping[str, Mapping[int, tuple[str, ...]]]]] = {
    AUTHENTICATION: {
        SIGN_IN: {
            1: ("ConsoleLogin", "ExternalIdPDirectoryLogin", "UserAuthentication"),
            # Steps of a sign-in. None of them opens a session.
            OTHER: ("CheckMfa", "CredentialChallenge", "CredentialVerification"),
        },
        STS: {1: ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")},
    },
    ACCOUNT_CHANGE: {
        IAM: {
            1: ("CreateUser", "CreateRole", "CreateServiceLinkedRole"),
            3: ("ChangePassword",),
            4: ("UpdateLoginProfile",),
            6: ("DeleteUser", "DeleteRole", "DeleteServiceLinkedRole"),
            7: (
                *("AttachUserPolicy", "AttachRolePolicy", "PutUserPolicy", "PutRolePolicy"),
                *("PutUserPermissionsBoundary", "PutRolePermissionsBoundary"),
            ),
            8: (
                *("DetachUserPolicy", "DetachRolePolicy", "DeleteUserPolicy", "DeleteRolePolicy"),
                *("DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary"),
            ),
            10: ("EnableMFADevice",),
            11: ("DeactivateMFADevice",),
            OTHER: (
                *("UpdateUser", "TagUser", "UntagUser"),
                *("UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "TagRole", "UntagRole"),
                *("CreateLoginProfile", "DeleteLoginProfile", "ResyncMFADevice"),
                *("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"),
                *("UploadSSHPublicKey", "UpdateSSHPublicKey", "DeleteSSHPublicKey"),
                *("UploadSigningCertificate", "UpdateSigningCertificate", "DeleteSigningCertificate"),
                *("CreateServiceSpecificCredential", "UpdateServiceSpecificCredential"),
                *("ResetServiceSpecificCredential", "DeleteServiceSpecificCredential"),
            ),
        },
        SIGN_IN: {3: ("PasswordUpdated",)},
    },
    GROUP_MANAGEMENT: {
        IAM: {
            1: ("AttachGroupPolicy", "PutGroupPolicy"),
            2: ("DetachGroupPolicy", "DeleteGroupPolicy"),
            3: ("AddUserToGroup",),
            4: ("RemoveUserFromGroup",),
            5: ("DeleteGroup",),
            6: ("CreateGroup",),
        },
    },
}
# Of Identity Center: whom the event names decides on the class.
ASSIGNMENTS: Final[Mapping[str, int]] = {"CreateAccountAssignment": 1, "DeleteAccountAssignment": 2}
PRINCIPALS: Final[Mapping[object, EventClass]] = {"USER": USER_ACCESS, "GROUP": GROUP_MANAGEMENT}

# Activity of API Activity -> what the names of its events begin with.
VERBS: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("Create", "Run"),
    2: ("Get", "List", "Describe", "Lookup", "Head", "BatchGet", "Search", "Select", "Query", "Scan"),
    3: ("Update", "Put", "Modify", "Attach", "Detach", "Add", "Remove", "Tag", "Untag", "Set"),
    4: ("Delete", "Terminate"),
}
READ: Final = 2
_LISTED: Final = {
    (source, name): (of_class, number)
    for of_class, sources in EVENTS.items()
    for source, activities in sources.items()
    for number, names in activities.items()
    for name in names
}
_VERBS: Final = {verb: number for number, verbs in VERBS.items() for verb in verbs}
_VERB: Final = re.compile(f"({'|'.join(sorted(_VERBS, key=len, reverse=True))})(?![a-z])")


def activities(source: str, name: str, *, read_only: bool | None, principal_type: object) -> Iterator[Activity]:
    """Yield what an event is, the most specific first, API Activity last.

    `read_only` is what the record says, and `principal_type` whom an assignment is for, if the record tells.
    """
    if source == IDENTITY_CENTER and name in ASSIGNMENTS and isinstance(principal_type, str):
        if of_class := PRINCIPALS.get(principal_type):
            yield activity(of_class, ASSIGNMENTS[name], name)
    elif listed := _LISTED.get((source, name)):
        yield activity(*listed, name)
    yield activity(API_ACTIVITY, _of_call(name, read_only), name)


def _of_call(name: str, read_only: bool | None) -> int:
    """Return the activity of a call. The record knows best whether it only reads."""
    found = _VERB.match(name)
    number = _VERBS[found[1]] if found else OTHER
    if read_only is None:
        return number
    return READ if read_only else OTHER if number == READ else number
