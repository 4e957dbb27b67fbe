"""The example queries: they run in DuckDB, and use only names that exist in all three warehouses."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.optimizer.qualify import qualify

from integration_tests.sync.questions import QUESTIONS
from repo_tests.queries_of_ec2 import CASES as CASES_OF_EC2
from repo_tests.query_rows import coverage, fill, wide
from tools import analyses, docs, queries

NOW = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
OTHER = {"account_id": "444455556666"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
DEPLOY = "arn:aws:iam::123456789012:role/deploy"
OF_USER = {"identity_type": "user"}
SERIALS = iter(range(1000))

each = pytest.mark.parametrize("name", analyses.NAMES)
in_each_dialect = pytest.mark.parametrize("dialect", ["duckdb", *queries.WAREHOUSES])


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def statement(name: str, dialect: str = "duckdb") -> str:
    text = analyses.parts(name)[2]
    return text if dialect == "duckdb" else queries.translated(text, dialect)


def event(name: str, **columns: Any) -> dict[str, Any]:
    """Return an event of IAM by lena, of yesterday, unless `columns` say otherwise."""
    return {
        "event_id": str(next(SERIALS)),
        "event_time": ago(1),
        "event_name": name,
        "event_source": "iam.amazonaws.com",
        "event_type": "AwsApiCall",
        "read_only": False,
        "actor_type": "IAMUser",
        "actor_arn": "arn:aws:iam::123456789012:user/lena",
        **columns,
    }


def user(name: str, **columns: Any) -> dict[str, Any]:
    """Return a user who signs in with a password and has no MFA, unless `columns` say otherwise."""
    return {
        "user_id": name.upper(),
        "user_name": name,
        "arn": f"arn:aws:iam::123456789012:user/{name}",
        "is_root": False,
        "password_enabled": True,
        "access_key_1_active": False,
        "access_key_2_active": False,
        "mfa_active": False,
        **columns,
    }


def trust(role: str, **columns: Any) -> dict[str, Any]:
    whole = {"effect": "Allow", "principal_type": "AWS", "is_external": False, "is_wildcard": False, **columns}
    return {"role_id": role.upper(), "role_name": role, "is_not_principal": False, "statement_index": 0, **whole}


OIDC = {
    "principal_type": "Federated",
    "principal": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
}
BY_HOST = {"principal_type": "Federated", "principal": "accounts.google.com"}
REMOVAL = json.dumps({"groupName": "admins", "userName": "lena"})
FAILURE = {
    "actor_user_name": "lena",
    "source_ip_address": "192.0.2.1",
    "response_elements": json.dumps({"ConsoleLogin": "Failure"}),
}

STORE, STORE_ARN = "d-0000000001", "arn:aws:identitystore::123456789012:identitystore/d-0000000001"
RESERVED = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_Admin_0123456789abcdef"
HIDDEN = {"actor_user_name": None, "sign_in_user_name": None}


def center_user(name: str, **columns: Any) -> dict[str, Any]:
    return {"identity_store_id": STORE, "user_id": f"{name}-id", "user_name": name, "instance_arn": "arn", **columns}


def console(who: str, days: float, **columns: Any) -> dict[str, Any]:
    """Return a sign-in of an IAM user."""
    whole = {"sign_in_result": "Success", "sign_in_user_name": who, "mfa_used": True, "source_ip_address": "192.0.2.1"}
    login = {"event_source": "signin.amazonaws.com", "event_type": "AwsConsoleSignIn", "event_time": ago(days)}
    actor = {"actor": who, "actor_principal_id": who.upper()}
    return event("ConsoleLogin", **{**actor, **whole, **login, **columns})


def of_center(name: str, who: str | None, days: float, **columns: Any) -> dict[str, Any]:
    """Return an event of a user of Identity Center."""
    user = {"on_behalf_of_user_id": f"{who}-id", "identity_store_id": STORE, "identity_store_arn": STORE_ARN}
    source = "signin.amazonaws.com" if name.startswith(("User", "Credential")) else "sso.amazonaws.com"
    base = {"actor_type": "IdentityCenterUser", "actor_arn": None, "event_source": source, "event_time": ago(days)}
    result = {"sign_in_result": None if name.startswith("Get") else "Success", "source_ip_address": "192.0.2.2"}
    return event(name, **{**base, **result, **(user if who else {}), **columns})


def session(who: str, days: float, name: str = "DescribeInstances", **columns: Any) -> dict[str, Any]:
    """Return an event of a session of a permission set's role that does not say for whom it acts."""
    identity = {"actor_type": "AssumedRole", "actor_principal_id": f"AROA:{who}", "actor": f"AWSReservedSSO_x/{who}"}
    return event(name, event_time=ago(days), **{**identity, "session_issuer_arn": RESERVED, **columns})


ENTERED = json.dumps({"account_id": "444455556666", "role_name": "Data_Admin"})
RELAY = '{"relayId":"a1"}'
CLIENT = "arn:aws:sso::123456789012:application/ssoins-1/apl-1"
TOKEN = {"event_source": "sso-oauth.amazonaws.com", "request_parameters": json.dumps({"clientId": CLIENT})}
DEPLOYED = {"session_issuer_arn": DEPLOY, "source_identity": "noor"}

# For each query: rows of the tables that it reads, and what it has to answer, by its first columns after the account.
# Every table has a row that must not come back.
CASES: dict[str, tuple[dict[str, list[dict[str, Any]]], str, list[tuple[Any, ...]]]] = {
    "outside_trust": (
        {
            "role_trusts": [
                trust("audit", is_external=True, principal="444455556666", principal_account_id="444455556666"),
                trust("open", is_wildcard=True, principal="*", external_id_required=True),
                trust("left_over", is_external=None, principal="AROADBQP57FF2AEXAMPLE", is_deleted_principal=True),
                trust("inside", principal="arn:aws:iam::123456789012:root"),
                trust("closed", is_external=True, principal="444455556666", effect="Deny"),
                trust("all_but", is_not_principal=True, principal="arn:aws:iam::123456789012:root"),
            ]
        },
        "role_name, principal, external_id_required",
        [
            ("all_but", "arn:aws:iam::123456789012:root", None),
            ("audit", "444455556666", None),
            ("left_over", "AROADBQP57FF2AEXAMPLE", None),
            ("open", "*", True),
        ],
    ),
    "admins_without_mfa": (
        {
            "users": [
                user("attached"),
                user("by_group"),
                user("by_group_inline"),
                user("inline", mfa_active=None),
                user("star_star"),
                user("any_of_them"),
                user("first_key", password_enabled=False, access_key_1_active=True),
                user("second_key", password_enabled=False, access_key_2_active=True),
                user("hidden", password_enabled=None, access_key_1_active=None, access_key_2_active=None),
                user("conditioned"),
                user("empty_condition"),
                user("protected", mfa_active=True),
                user("nothing_to_sign_in_with", password_enabled=False),
                user("bounded"),
                user("reader"),
                user("outsider"),
                user("of_another_account", **OTHER),
                user("same_id", user_id="OF_ANOTHER_ACCOUNT"),
            ],
            "group_members": [
                {"group_id": "ADMINS", "user_id": "BY_GROUP"},
                {"group_id": "OPERATORS", "user_id": "BY_GROUP_INLINE"},
            ],
            "policy_statements": [
                wide("managed", "administrator", source_arn=ADMINISTRATOR),
                wide("user_inline", "inline"),
                wide("user_inline", "star_star", actions=["*:*"]),
                wide("user_inline", "any_of_them", actions=["s3:GetObject", "*"], resources=["arn:aws:s3:::logs", "*"]),
                wide("user_inline", "conditioned", conditions={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
                wide("user_inline", "empty_condition", conditions={}),
                wide("group_inline", "operators"),
                wide("managed", "readable", source_arn="arn:read", actions=["iam:Get*"]),
                wide("user_inline", "outsider", effect="Deny"),
                wide("role_inline", "outsider"),
                wide("managed", "elsewhere", source_arn="arn:elsewhere", **OTHER),
                wide("user_inline", "of_another_account", **OTHER),
            ],
            "policy_attachments": [
                *(
                    {"policy_arn": ADMINISTRATOR, "identity_id": identity.upper(), "as_boundary": False, **kind}
                    for identity, kind in (
                        *((user, OF_USER) for user in ("attached", "first_key", "second_key", "hidden", "protected")),
                        ("nothing_to_sign_in_with", OF_USER),
                        ("admins", {"identity_type": "group"}),
                    )
                ),
                {"policy_arn": ADMINISTRATOR, "identity_id": "BOUNDED", "as_boundary": True, **OF_USER},
                {"policy_arn": "arn:read", "identity_id": "READER", "as_boundary": False, **OF_USER},
                {"policy_arn": "arn:elsewhere", "identity_id": "OUTSIDER", "as_boundary": False, **OF_USER},
            ],
        },
        "user_name, mfa_active",
        [
            *((name, False) for name in ("any_of_them", "attached", "by_group", "by_group_inline", "empty_condition")),
            *(("first_key", False), ("hidden", False), ("inline", None), ("second_key", False), ("star_star", False)),
            ("of_another_account", False),
        ],
    ),
    "unused_keys": (
        {
            "access_keys": [
                {"access_key_id": "AKIAOLD", "status": "Active", "create_date": ago(400), "last_used_date": ago(91)},
                {"access_key_id": "AKIANEVER", "status": "Active", "create_date": ago(100)},
                {"access_key_id": "AKIAUSED", "status": "Active", "create_date": ago(400), "last_used_date": ago(89)},
                {"access_key_id": "AKIANEW", "status": "Active", "create_date": ago(3)},
                {"access_key_id": "AKIAOFF", "status": "Inactive", "create_date": ago(400)},
            ]
        },
        "access_key_id",
        [("AKIAOLD",), ("AKIANEVER",)],
    ),
    "unused_roles": (
        {
            "roles": [
                {"role_name": "old", "is_service_linked": False, "create_date": ago(400)},
                {"role_name": "of_aws", "is_service_linked": True, "create_date": ago(400)},
                {
                    "role_name": "used",
                    "is_service_linked": False,
                    "create_date": ago(400),
                    "role_last_used_date": ago(1),
                },
            ]
        },
        "role_name",
        [("old",)],
    ),
    "wide_statements": (
        {
            "policy_statements": [
                wide("managed", "deploy", actions=["s3:GetObject", "iam:*", "ec2:*"]),
                wide("managed", "deploy", statement_index=1, actions=["iam:*"]),
                wide("managed", "narrow", resources=["arn:aws:s3:::logs"]),
                wide("managed", "exact", actions=["s3:GetObject"]),
                wide("managed", "denied", effect="Deny"),
                wide("managed", "in_the_middle", actions=["s3:*Object"]),
                wide("managed", "one_letter", actions=["iam:Pass?ole"]),
                wide("managed", "all_but", actions=[], not_actions=["iam:*", "sts:AssumeRole"]),
                wide("managed", "narrow_all_but", actions=[], not_actions=["iam:*"], resources=["arn:aws:s3:::logs"]),
                wide("managed", "other_resources", resources=[], not_resources=["arn:aws:s3:::logs"]),
                wide("managed", "denied_all_but", effect="Deny", actions=[], not_actions=["iam:*"]),
                wide("role_trust", "trust", actions=["sts:*"], resources=[], not_resources=[]),
            ]
        },
        "policy_name, wildcards",
        [
            ("all_but", "all but iam:*, all but sts:AssumeRole"),
            ("deploy", "ec2:*, iam:*"),
            ("in_the_middle", "s3:*Object"),
            ("one_letter", "iam:Pass?ole"),
            ("other_resources", "*"),
        ],
    ),
    "open_oidc_roles": (
        {
            "role_trusts": [
                trust("open", oidc_subjects=[], **OIDC),
                trust("any", oidc_subjects=["*"], **OIDC),
                trust("any_repo", oidc_subjects=["repo:octo-org/octo-repo:*", "repo:*/*:*"], **OIDC),
                trust("any_character", oidc_subjects=["?*"], **OIDC),
                trust("any_owner", oidc_subjects=["*:*"], **OIDC),
                trust("closed", oidc_subjects=["repo:octo-org/octo-repo:*"], **OIDC),
                trust("closed", statement_index=1, oidc_subjects=["repo:octo-org/*"], **OIDC),
                trust("two", oidc_subjects=["*"], **OIDC),
                trust("two", statement_index=1, oidc_subjects=["repo:octo-org/octo-repo:*"], **OIDC),
                trust("by_host", conditions={"StringEquals": {"accounts.google.com:aud": "app"}}, **BY_HOST),
                trust("by_host_closed", oidc_subjects=["1234"], **BY_HOST),
                trust("denied", oidc_subjects=[], effect="Deny", **OIDC),
                trust("saml", principal_type="Federated", principal="arn:aws:iam::123456789012:saml-provider/adfs"),
                trust("service", principal_type="Service", principal="lambda.amazonaws.com"),
            ]
        },
        "role_name, conditions",
        [
            *(("any", None), ("any_character", None), ("any_owner", None), ("any_repo", None)),
            ("by_host", '{"StringEquals": {"accounts.google.com:aud": "app"}}'),
            *(("open", None), ("two", None)),
        ],
    ),
    "iam_changes": (
        {
            "audit_events": [
                event("CreateUser", event_id="twice"),
                event("CreateUser", event_id="twice"),
                event("TagUser", actor_arn=None, actor="f81d4fae", actor_type="IdentityCenterUser"),
                event("UntagUser", read_only=None),
                event("ListUsers", read_only=True),
                event("DeleteUser", error_code="AccessDenied"),
                event("RunInstances", event_source="ec2.amazonaws.com"),
                event("DeleteGroup", event_time=ago(8)),
            ]
        },
        "who, event_name, changes",
        [
            ("arn:aws:iam::123456789012:user/lena", "CreateUser", 1),
            ("arn:aws:iam::123456789012:user/lena", "UntagUser", 1),
            ("f81d4fae", "TagUser", 1),
        ],
    ),
    "left_groups": (
        {
            "audit_events": [
                event("RemoveUserFromGroup", request_parameters=REMOVAL, actor_arn=DEPLOY, event_id="twice"),
                event("RemoveUserFromGroup", request_parameters=REMOVAL, actor_arn=DEPLOY, event_id="twice"),
                event("RemoveUserFromGroup", request_parameters=REMOVAL, event_time=ago(31)),
                event("RemoveUserFromGroup", request_parameters=REMOVAL, error_code="AccessDenied"),
                event("AddUserToGroup", request_parameters=REMOVAL),
            ]
        },
        "group_name, user_name, removed_by",
        [("admins", "lena", DEPLOY)],
    ),
    "one_actor": (
        {
            "audit_events": [
                event("PutObject", session_issuer_arn=DEPLOY, event_id="twice"),
                event("PutObject", session_issuer_arn=DEPLOY, event_id="twice"),
                event("GetObject"),
            ]
        },
        "event_name",
        [("PutObject",)],
    ),
    "root_usage": (
        {
            "audit_events": [
                event("ConsoleLogin", actor_type="Root", event_time=ago(4)),
                event("CreateAccessKey", actor_type="Root", invoked_by="signin.amazonaws.com", event_time=ago(3)),
                event("UpdateAccountName", actor_type="Root", event_type=None, event_time=ago(2)),
                event("Decrypt", actor_type="Root", invoked_by="backup.amazonaws.com"),
                event("RotateKey", actor_type="Root", event_type="AwsServiceEvent"),
                event("DeleteBucketPolicy", actor_type="Root", assumed_root=True),
                event("CreateUser"),
            ]
        },
        "event_name",
        [("ConsoleLogin",), ("CreateAccessKey",), ("UpdateAccountName",)],
    ),
    "failed_sign_ins": (
        {
            "audit_events": [
                event("ConsoleLogin", event_id="twice", **FAILURE),
                event("ConsoleLogin", event_id="twice", **FAILURE),
                event("ConsoleLogin", **{**FAILURE, "actor": "root", "actor_type": "Root", "actor_user_name": None}),
                event("ConsoleLogin", actor="iris", sign_in_result="Failure"),
                event("ConsoleLogin", actor_user_name="noor", response_elements='{"ConsoleLogin": "Success"}'),
                event("CheckMfa", actor="noor", sign_in_result="Failure"),
            ]
        },
        "day, who, failures, addresses",
        [(ago(1).date(), "iris", 1, 0), (ago(1).date(), "lena", 1, 1), (ago(1).date(), "root", 1, 1)],
    ),
    "refused_calls": (
        {
            "audit_events": [
                event("CreateUser", error_code="AccessDenied"),
                event("CreateUser", error_code="Client.UnauthorizedOperation", event_source="ec2.amazonaws.com"),
                event("A", error_code="ForbiddenException", actor_arn=None, actor="ec2.amazonaws.com"),
                event("B", error_code="UnauthorizedOperation", actor_arn=None, actor_type="AWSService"),
                event("C", error_code="AuthorizationErrorException", actor_arn=None, actor="lena"),
                event("D", error_code="NotAuthorizedException", actor_arn=None, actor="lena"),
                event("E", error_code="KMSAccessDeniedException", actor_arn=None, actor="lena"),
                event("DeleteUser", error_code="Throttling"),
                event("UpdateUser"),
            ]
        },
        "who, event_name, refusals",
        [
            ("AWSService", "B", 1),
            *[("arn:aws:iam::123456789012:user/lena", "CreateUser", 1)] * 2,
            ("ec2.amazonaws.com", "A", 1),
            *(("lena", name, 1) for name in "CDE"),
        ],
    ),
    "last_sign_ins": (
        {
            "users": [
                user("lena", password_last_used=ago(3)),
                user("noor", password_last_used=ago(200)),
                user("lena", account_id="444455556666", user_id="OTHER"),
                {"user_id": "123456789012", "user_name": "<root_account>", "is_root": True},
            ],
            "identity_center_users": [
                *(center_user(name) for name in ("ana", "Iris", "mia", "omar", "tom", "uma", "zoe")),
                *(center_user("twin", identity_store_id=store) for store in ("d-0000000002", "d-0000000003")),
            ],
            "audit_events": [
                console("lena", 3, event_id="twice"),
                console("lena", 3, event_id="twice"),
                console("lena", 5, mfa_used=False),
                console("lena", 1, sign_in_result="Failure"),
                console("root", 8, actor_type="Root", actor_principal_id="123456789012", mfa_used=False),
                of_center("CredentialVerification", "ana", 2.1, mfa_used=True),
                of_center("UserAuthentication", "ana", 2, mfa_used=True),
                of_center("UserAuthentication", "ana", 9, mfa_used=False, source_ip_address="192.0.2.9"),
                session("ana", 1.5, "ConsoleLogin", event_source="signin.amazonaws.com", sign_in_result="Success")
                | {"mfa_used": False, "source_ip_address": "192.0.2.3"},
                of_center("UserAuthentication", "Iris", 4),
                of_center("UserAuthentication", "Iris", 9, mfa_used=True),
                of_center("Federate", "Iris", 3),
                of_center("UserAuthentication", None, 6, actor_type="Unknown", sign_in_user_name="MIA", mfa_used=False),
                of_center("CredentialVerification", "omar", 1, sign_in_result="Failure"),
                of_center("CredentialVerification", None, 1, actor_type="Unknown", sign_in_result="Failure", **HIDDEN),
                of_center("GetRoleCredentials", "tom", 1),
                of_center("CredentialVerification", "zoe", 7, mfa_used=True),
                session("uma", 5, "ConsoleLogin", event_source="signin.amazonaws.com", sign_in_result="Success")
                | {"mfa_used": False},
                session("twin", 1, "ConsoleLogin", event_source="signin.amazonaws.com", sign_in_result="Success"),
            ],
        },
        "kind, user_name, account_or_identity_store_id, last_sign_in, how, mfa_used, source_ip_address",
        [
            ("IAM user", "lena", "123456789012", ago(3), "ConsoleLogin", True, "192.0.2.1"),
            ("IAM user", "noor", "123456789012", None, None, None, None),
            ("IAM user", "lena", "444455556666", None, None, None, None),
            ("Identity Center user", "Iris", STORE, ago(3), "Federate", None, "192.0.2.2"),
            ("Identity Center user", "ana", STORE, ago(1.5), "ConsoleLogin", True, "192.0.2.3"),
            ("Identity Center user", "mia", STORE, ago(6), "UserAuthentication", False, "192.0.2.2"),
            ("Identity Center user", "omar", STORE, None, None, None, None),
            ("Identity Center user", "tom", STORE, None, None, None, None),
            ("Identity Center user", "uma", STORE, ago(5), "ConsoleLogin", None, None),
            ("Identity Center user", "zoe", STORE, ago(7), "CredentialVerification", True, "192.0.2.2"),
            ("Identity Center user", "twin", "d-0000000002", None, None, None, None),
            ("Identity Center user", "twin", "d-0000000003", None, None, None, None),
            ("root user", "<root_account>", "123456789012", ago(8), "ConsoleLogin", False, "192.0.2.1"),
        ],
    ),
    "last_use": (
        {
            "identity_center_users": [
                center_user("ana"),
                *(center_user("twin", identity_store_id=store) for store in ("d-0000000002", "d-0000000003")),
            ],
            "audit_events": [
                of_center("Federate", "ana", 4, service_event_details=ENTERED, event_id="twice"),
                of_center("Federate", "ana", 4, service_event_details=ENTERED, event_id="twice"),
                of_center("GetRoleCredentials", "ana", 3, service_event_details=ENTERED),
                of_center("Federate", "ana", 1, service_event_details=ENTERED, error_code="AccessDenied"),
                of_center("Federate", "ana", 5, service_event_details=RELAY),
                of_center("ListAccounts", "ana", 1),
                of_center("CreateTokenWithIAM", "ana", 2, sign_in_result=None, actor_type="AssumedRole", **TOKEN),
                of_center("Federate", "gone", 6, service_event_details=ENTERED),
                session("Ana", 7, source_identity="Ana"),
                session("ana", 2, account_id="444455556666"),
                session("ana", 1, account_id="444455556666", error_code="Client.UnauthorizedOperation"),
                session("twin", 8),
                event("PutObject", actor_type="AssumedRole", event_time=ago(9), **DEPLOYED),
                event("PutObject", actor_type="AssumedRole", event_time=ago(1), session_issuer_arn=DEPLOY),
                console("lena", 5),
                event("ListUsers", event_time=ago(4), actor="lena", actor_principal_id="LENA"),
                console("lena", 1, sign_in_result="Failure"),
                event("Decrypt", actor="lena", actor_principal_id="LENA", invoked_by="backup.amazonaws.com"),
                console("root", 6, actor_type="Root", actor_principal_id="123456789012"),
                event("DeleteBucketPolicy", actor_type="Root", actor_principal_id="123456789012", assumed_root=True),
            ],
        },
        "kind, person, user_id, account_id, role_name, application, last_used",
        [
            ("IAM user", "lena", "LENA", "123456789012", None, None, ago(4)),
            ("Identity Center user", "ana", "ana-id", "123456789012", "Data_Admin", None, ago(7)),
            ("Identity Center user", "ana", "ana-id", "444455556666", "Data_Admin", None, ago(2)),
            ("Identity Center user", "ana", "ana-id", None, None, CLIENT, ago(2)),
            ("Identity Center user", "ana", "ana-id", None, None, RELAY, ago(5)),
            ("Identity Center user", "twin", None, "123456789012", "Data_Admin", None, ago(8)),
            ("Identity Center user", None, "gone-id", "444455556666", "Data_Admin", None, ago(6)),
            ("root user", "root", "123456789012", "123456789012", None, None, ago(6)),
            ("source identity", "noor", None, "123456789012", "deploy", None, ago(9)),
        ],
    ),
    "users_by_tag": (
        {
            "users": [
                user("lena", tags={"team": "data"}),
                user("noor", tags={"team": "data"}),
                user("ana", tags={}, unavailable_fields=["mfa_devices"]),
                user("iris", unavailable_fields=["tags", "mfa_devices"]),
                user("root", tags={"team": "data"}, is_root=True),
            ]
        },
        "team, tags_unavailable, user_count",
        [("data", False, 2), (None, False, 1), (None, True, 1)],
    ),
    "incomplete_rows": (
        {
            "users": [
                user("lena", unavailable_fields=["tags", "mfa_devices"]),
                user("noor", unavailable_fields=["tags"]),
                user("ana", unavailable_fields=[]),
            ],
            "roles": [{"role_id": "A", "unavailable_fields": []}, {"role_id": "B", "unavailable_fields": ["tags"]}],
        },
        "stream, field, incomplete_rows",
        [("roles", "tags", 1), ("users", "mfa_devices", 1), ("users", "tags", 2)],
    ),
    "unread_streams": (
        {
            "sync_coverage": [
                coverage("users", status="denied", missing_action="iam:ListUsers", error="no permission"),
                coverage("groups", status="partial", rows_read=3),
                coverage("roles", rows_read=5, rows_comparable=5, rows_counted_by_aws=6),
                coverage("audit_events", region="eu-west-1", status="failed", error="AWS kept throttling"),
                coverage("audit_events", region="me-south-1", status="not_enabled"),
                coverage("policies", rows_read=7, rows_comparable=5, rows_counted_by_aws=5),
                coverage("access_keys"),
            ]
        },
        "region, stream, status, missing_action, error",
        [
            ("eu-west-1", "audit_events", "failed", None, "AWS kept throttling"),
            ("global", "groups", "partial", None, None),
            ("global", "roles", "complete", None, None),
            ("global", "users", "denied", "iam:ListUsers", "no permission"),
        ],
    ),
    "failed_accounts": (
        {
            "accounts": [
                {"account_id": "111122223333", "read_status": "failed", "read_error": "its role is missing"},
                {"account_id": "222233334444", "read_status": "partial", "read_error": "a Region is closed"},
                {"account_id": "444455556666", "read_status": "readable"},
                {"account_id": "777788889999"},
            ]
        },
        "account_id, read_status, read_error",
        [("111122223333", "failed", "its role is missing"), ("222233334444", "partial", "a Region is closed")],
    ),
    **CASES_OF_EC2,
}


def test_every_query_is_an_analysis_and_a_file_and_has_a_case() -> None:
    published = sorted(analyses.NAMES)
    assert published == sorted(file.stem for file in analyses.FOLDER.iterdir()) == sorted(CASES)
    assert {*published} <= {file.stem for file in analyses.ANALYSES.glob("*.sql")}


def test_what_is_published_is_what_the_analyses_are_now() -> None:
    analyses.main(["--check"])


def test_a_stale_or_left_over_query_is_named(tmp_path: Path) -> None:
    analyses.main([], tmp_path)
    (tmp_path / "unused_keys.sql").write_text("select 1\n", encoding="utf-8")
    (tmp_path / "of_no_analysis.sql").touch()

    with pytest.raises(SystemExit, match=r"Stale: of_no_analysis\.sql, unused_keys\.sql\."):
        analyses.main(["--check"], tmp_path)
    analyses.main([], tmp_path)
    analyses.main(["--check"], tmp_path)


def assert_answers(name: str, text: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    """The SQL `text` answers with what CASES expects of the query, on its tables alone."""
    tables, columns, expected = CASES[name]
    warehouse.begin()
    try:
        for stream, rows in tables.items():
            fill(warehouse, stream, rows)
        answer = warehouse.execute(f"SELECT {columns} FROM ({text})").fetchall()  # noqa: S608
    finally:
        warehouse.rollback()

    assert answer == expected


@each
def test_a_query_answers_in_duckdb_with_the_rows_that_it_asks_for(
    name: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    assert_answers(name, statement(name), warehouse)


@pytest.mark.parametrize("dialect", queries.WAREHOUSES)
@pytest.mark.parametrize(
    "name", ["iam_changes", "root_usage", "failed_sign_ins", "refused_calls", "last_sign_ins", "last_use"]
)
def test_what_other_warehouses_are_asked_about_events_has_the_same_answer(
    name: str, dialect: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Asked in their dialects, read back into that of the one warehouse that is here."""
    [text] = sqlglot.transpile(statement(name, dialect), read=dialect, write="duckdb")
    assert_answers(name, text, warehouse)


def test_a_user_whose_key_was_used_is_not_unused(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The question that `make sync` asks."""
    [question] = [question for question in QUESTIONS if "nobody used" in question.title]
    old = {"create_date": ago(400)}
    users = [
        user("unused", **old),
        user("long_ago", password_last_used=ago(200), last_activity_at=ago(91), **old),
        user("by_key", last_activity_at=ago(89), **old),
        user("by_password", password_last_used=ago(89), last_activity_at=ago(89), **old),
        user("by_session", **old),
        user("unknown", unavailable_fields=["last_activity_at", "last_activity_source"], **old),
        user("new", create_date=ago(89)),
    ]
    warehouse.begin()
    try:
        fill(warehouse, "users", users)
        fill(warehouse, "audit_events", [event("ListUsers", actor_principal_id="BY_SESSION")])
        answer = warehouse.execute(f"SELECT user_name FROM ({question.sql})").fetchall()  # noqa: S608
    finally:
        warehouse.rollback()

    assert answer == [("unused",), ("long_ago",)]


@each
@in_each_dialect
def test_a_query_is_in_its_dialect_and_names_tables_and_columns_that_exist(name: str, dialect: str) -> None:
    tree = sqlglot.parse_one(statement(name, dialect), read=dialect, error_level=ErrorLevel.RAISE)
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table) if table.name} - ctes

    assert tables
    assert tables <= set(docs.declared())
    # Snowflake's names are folded to upper case, which only the schema has to follow.
    schema: dict[str, object] = {table: queries.types()[table] for table in tables}
    if dialect == "snowflake":
        folded = {table: {column.upper(): kind for column, kind in queries.types()[table].items()} for table in tables}
        schema = {table.upper(): columns for table, columns in folded.items()}
    qualify(tree, schema=schema, dialect=dialect, validate_qualify_columns=True)


@each
@pytest.mark.parametrize("dialect", queries.WAREHOUSES)
def test_no_lists_and_objects_are_grouped_sorted_or_compared(name: str, dialect: str) -> None:
    """BigQuery does neither with JSON, and DuckDB all of it."""
    tree = sqlglot.parse_one(statement(name, dialect), read=dialect)
    read = [queries.types().get(table.name, {}) for table in tree.find_all(exp.Table)]
    nested = {column for columns in read for column, kind in columns.items() if kind == "JSON"}
    places = [*tree.find_all(exp.Group, exp.Order, exp.EQ, exp.In)]
    places += [one for select in tree.find_all(exp.Select) if select.args.get("distinct") for one in select.expressions]

    bare = [
        column.sql()
        for place in places
        for column in place.find_all(exp.Column)
        if column.name.lower() in nested
        and isinstance(column.parent, exp.Group | exp.Ordered | exp.EQ | exp.In | exp.Select)
    ]
    assert bare == []


def test_items_of_lists_of_objects_are_read_in_other_ways_too() -> None:
    text = (
        "SELECT JSON_EXTRACT_STRING(a.item, '$.association.public_ip') AS address "
        "FROM ec2_network_interfaces AS n CROSS JOIN UNNEST(CAST(n.private_ip_addresses AS JSON[])) AS a(item)"
    )

    assert " ".join(queries.translated(text, "snowflake").split()) == (
        "SELECT CAST(GET_PATH(a.value, 'association.public_ip') AS VARCHAR) AS address "
        "FROM ec2_network_interfaces AS n CROSS JOIN LATERAL FLATTEN(INPUT => n.private_ip_addresses) AS a"
    )
    assert " ".join(queries.translated(text, "bigquery").split()) == (
        "SELECT JSON_VALUE(item, '$.association.public_ip') AS address "
        "FROM ec2_network_interfaces AS n CROSS JOIN UNNEST(JSON_QUERY_ARRAY(n.private_ip_addresses)) AS item"
    )


@each
def test_only_duckdb_gives_a_time_zone_to_what_has_none(name: str) -> None:
    for dialect in queries.WAREHOUSES:
        assert "TIME ZONE" not in statement(name, dialect).upper()
        assert "CONVERT_TIMEZONE" not in statement(name, dialect)


def test_what_the_warehouses_land_in_other_ways_is_read_in_other_ways() -> None:
    text = (
        "SELECT JSON_EXTRACT_STRING(tags, '$.team') AS team, "
        "LIST_CONTAINS(CAST(group_names AS TEXT[]), 'admins') AS is_admin, f.field, CAST(tags AS TEXT) AS text "
        "FROM users CROSS JOIN UNNEST(CAST(unavailable_fields AS TEXT[])) AS f(field) "
        "WHERE create_date > CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '1' DAY"
    )

    assert " ".join(queries.translated(text, "snowflake").split()) == (
        "SELECT CAST(GET_PATH(tags, 'team') AS VARCHAR) AS team, "
        "ARRAY_CONTAINS(CAST('admins' AS VARIANT), group_names) AS is_admin, CAST(f.value AS VARCHAR), "
        "TO_JSON(tags) AS text "
        "FROM users CROSS JOIN LATERAL FLATTEN(INPUT => unavailable_fields) AS f "
        "WHERE create_date > CURRENT_TIMESTAMP() - INTERVAL '1 DAY'"
    )
    assert " ".join(queries.translated(text, "bigquery").split()) == (
        "SELECT JSON_VALUE(tags, '$.team') AS team, "
        "EXISTS( SELECT 1 FROM UNNEST(JSON_VALUE_ARRAY(group_names, '$')) AS _col WHERE _col = 'admins' ) AS is_admin, "
        "field, TO_JSON_STRING(tags) AS text FROM users "
        "CROSS JOIN UNNEST(JSON_VALUE_ARRAY(unavailable_fields, '$')) AS field "
        "WHERE create_date > CURRENT_TIMESTAMP() - INTERVAL 1 DAY"
    )


def test_a_sign_in_before_all_events_is_told_by_the_password(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.begin()
    try:
        fill(warehouse, "users", [user("lena", password_last_used=ago(200)), user("noor")])
        text = f"SELECT user_name, last_sign_in, password_last_used FROM ({statement('last_sign_ins')})"  # noqa: S608
        answer = warehouse.execute(text).fetchall()
    finally:
        warehouse.rollback()

    assert answer == [("lena", None, ago(200)), ("noor", None, None)]


def test_a_query_that_no_other_dialect_can_say_is_an_error() -> None:
    with pytest.raises(sqlglot.errors.ParseError):
        queries.translated("SELECT FROM WHERE", "snowflake")
