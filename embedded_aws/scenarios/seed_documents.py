"""Policy documents as people write them: single values and lists, one statement or many, denials and conditions."""

from __future__ import annotations

import json
from typing import Any

Statement = dict[str, Any]

OTHER_ACCOUNT = "210987654321"
GITHUB = "token.actions.githubusercontent.com"
KUBERNETES = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
SAML = "Acme-IdP"


def text(*statements: Statement) -> str:
    """One statement stands for itself, as AWS allows; several are a list."""
    content = statements[0] if len(statements) == 1 else list(statements)
    return json.dumps({"Version": "2012-10-17", "Statement": content}, ensure_ascii=False)


def permissions(number: int) -> str:
    """A permissions policy, another one for each number up to four."""
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::reports-{number}/*"}
    everything_but = {"Sid": "AllBut", "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    only_there = {
        "Effect": "Deny",
        "Action": ["ec2:*"],
        "NotResource": ["arn:aws:ec2:eu-west-1:*:*", "arn:aws:ec2:eu-central-1:*:*"],
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}, "IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}},
    }
    unicode = {
        "Sid": f"Read{number}",
        "Effect": "Allow",
        "Action": "s3:List*",
        "Resource": ["arn:aws:s3:::bücher/日本"],
    }
    return (text(read), text(everything_but, only_there), text(unicode), text(only_there, read, unicode))[number % 4]


def trust_of_services(*services: str) -> Statement:
    names = [f"{service}.amazonaws.com" for service in services]
    return {
        "Effect": "Allow",
        "Principal": {"Service": names if len(names) > 1 else names[0]},
        "Action": "sts:AssumeRole",
    }


def trusts(partition: str, account_id: str) -> dict[str, tuple[Statement, ...]]:
    """A name for each way to trust somebody -> the statements of the trust policy."""
    iam = f"arn:{partition}:iam::{account_id}"
    other = f"arn:{partition}:iam::{OTHER_ACCOUNT}"

    def allow(principal: Any, condition: Statement | None = None, *, how: str = "AssumeRole") -> Statement:
        statement = {"Effect": "Allow", "Principal": principal, "Action": f"sts:{how}"}
        return {**statement, "Condition": condition} if condition else statement

    return {
        "instance": (trust_of_services("ec2", "ssm"),),
        "vendor": (allow({"AWS": f"{other}:root"}, {"StringEquals": {"sts:ExternalId": "acme-7f3a"}}),),
        "anybody": (allow("*", {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}),),
        "account": (allow({"AWS": "333333333333"}),),
        "github": (
            allow(
                {"Federated": f"{iam}:oidc-provider/{GITHUB}"},
                {
                    "StringLike": {f"{GITHUB}:sub": ["repo:acme/shop:*", "repo:acme/infra:ref:refs/heads/main"]},
                    "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                },
                how="AssumeRoleWithWebIdentity",
            ),
        ),
        "saml": (
            allow(
                {"Federated": f"{iam}:saml-provider/{SAML}"},
                {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                how="AssumeRoleWithSAML",
            ),
        ),
        "all-but": (
            {**allow({"AWS": [f"{iam}:root", f"{other}:role/deploy"]}), "Sid": "Deployers"},
            {
                "Sid": "NobodyElse",
                "Effect": "Deny",
                "NotPrincipal": {"AWS": [f"{iam}:root", f"{iam}:user/breakglass"]},
                "NotAction": "sts:TagSession",
            },
        ),
        "with-mfa": (
            allow({"AWS": f"{iam}:root"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            {**trust_of_services("scheduler"), "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]},
        ),
        "pod": (
            allow(
                {"Federated": f"{iam}:oidc-provider/{KUBERNETES}"},
                {
                    "StringEquals": {
                        f"{KUBERNETES}:sub": "system:serviceaccount:shop:worker",
                        f"{KUBERNETES}:aud": ["sts.amazonaws.com"],
                    }
                },
                how="AssumeRoleWithWebIdentity",
            ),
        ),
        "public": (allow({"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": f"{other}:role/ci-*"}}),),
        "mixed": (
            allow({"AWS": [account_id, OTHER_ACCOUNT], "Service": "glue.amazonaws.com"}),
            allow({"Federated": "accounts.google.com"}, {"StringEquals": {"accounts.google.com:aud": "shop-app"}}),
        ),
    }
