"""An inventory with every oddity that has been seen: all in one sync, and nothing is lost."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from embedded_aws import Answer, EmbeddedAws
from embedded_aws.server.calls import Call
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Output, read

STREAMS = [name for name in EVERY_STREAM if name != "audit_events"]
ROLE, DELETED = "odd", "AROADBQP57FF2AEXAMPLE"
TRUST = {
    "Statement": [
        {"Sid": 1, "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [444455556666, DELETED, "*"]}},
        {
            "Effect": "Allow",
            "Action": [True],
            "Principal": {"AWS": "444455556666"},
            "Condition": {"StringLike": {"sts:ExternalId": "*"}},
        },
        "no object",
    ]
}
DEEP = '{"a":' * 400 + "1" + "}" * 400
POLICY = """
<member>
  <PolicyName>unmarked</PolicyName><PolicyId>ANPA00000000UNMARKED</PolicyId><Arn>{arn}/unmarked</Arn>
  <DefaultVersionId>v2</DefaultVersionId><AttachmentCount>many</AttachmentCount><CreateDate/>
  <PolicyVersionList>
    <member><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion></member>
    <member><VersionId>v2</VersionId><IsDefaultVersion>false</IsDefaultVersion><Document>{document}</Document></member>
  </PolicyVersionList>
</member>
<member>
  <PolicyName>bare</PolicyName><PolicyId>ANPA000000000000BARE</PolicyId><Arn>{arn}/bare</Arn>
  <PolicyVersionList><member><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList>
</member>
<member><Arn>{arn}/deep</Arn><PolicyVersionList><member><Document>{deep}</Document></member></PolicyVersionList></member>
"""
USER = """
<member>
  <UserName>{name}</UserName><UserId>{user_id}</UserId><Arn>{arn}</Arn><CreateDate>yesterday</CreateDate>
  <UserPolicyList><member><PolicyName>bare</PolicyName></member></UserPolicyList>
  <Tags><member><Key>lone</Key></member><member><Key>twice</Key><Value>1</Value></member>
  <member><Key>twice</Key><Value>2</Value></member></Tags>
  <SomethingNew><Inside>1</Inside></SomethingNew>
</member>
"""


def replaced(pattern: str, replacement: str) -> Callable[[Call, Answer], Answer]:
    """Return a rewrite of all that matches, in the text of answers."""

    def rewrite(_: Call, answer: Answer) -> Answer:
        text = re.sub(pattern, lambda _: replacement, answer.body.decode(), flags=re.DOTALL)
        return Answer(answer.status, text.encode(), answer.headers)

    return rewrite


def make_odd(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    ids = {name: iam.create_user(UserName=name)["User"] for name in ("ana", "bob", "eve")}
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")
    account = f"arn:aws:iam::{aws.account_id}"
    ana = {"name": "ana", "user_id": ids["ana"]["UserId"], "arn": ids["ana"]["Arn"]}
    policies = POLICY.format(arn=f"{account}:policy", document=quote(json.dumps(TRUST)), deep=quote(DEEP))
    details = {
        "UserDetailList": USER.format(**ana),
        "Policies": policies,
    }

    def odd_details(call: Call, answer: Answer) -> Answer:
        text = answer.body.decode()
        for name, members in details.items():
            text = re.sub(f"<{name}>.*?</{name}>|<{name} ?/>", f"<{name}>{members}</{name}>", text, flags=re.DOTALL)
        return Answer(answer.status, text.encode(), answer.headers)

    aws.rewrite("iam:GetAccountAuthorizationDetails", odd_details)
    for action in ("iam:GetAccountAuthorizationDetails", "iam:ListRoles"):
        aws.rewrite(action, _trusted(ROLE, quote(json.dumps(TRUST))))
    # One user lacks an id, one a name, and one has nothing at all. The last page does not say that it is the last.
    aws.rewrite("iam:ListUsers", replaced(f"<UserId>{ids['bob']['UserId']}</UserId>", ""))
    aws.rewrite("iam:ListUsers", replaced("<UserName>eve</UserName>", ""))
    aws.rewrite("iam:ListUsers", replaced("</Users>", "<member/></Users>"))
    nobodys = "<member><EnableDate>2026-01-01T00:00:00Z</EnableDate></member>"
    device = f"<User><UserName>ana</UserName><Arn>{ana['arn']}</Arn></User></member>{nobodys}"
    aws.rewrite("iam:ListVirtualMFADevices", replaced("(<User>.*?</User>)?</member>", device))
    for action in ("iam:ListServiceSpecificCredentials", "iam:ListUsers"):
        aws.rewrite(action, replaced("<IsTruncated>false</IsTruncated>", ""))
    aws.rewrite("iam:GetCredentialReport", _odd_report)


def _trusted(role: str, document: str) -> Callable[[Call, Answer], Answer]:
    """Return a rewrite of the trust policy of one role. moto orders the members of a role by name."""

    def rewrite(_: Call, answer: Answer) -> Answer:
        members = re.split("(?=<member>)", answer.body.decode())
        trust = re.compile("<AssumeRolePolicyDocument>.*?</AssumeRolePolicyDocument>", re.DOTALL)
        new = f"<AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument>"
        members = [trust.sub(lambda _: new, one) if f"<RoleName>{role}<" in one else one for one in members]
        return Answer(answer.status, "".join(members).encode(), answer.headers)

    return rewrite


def _odd_report(_: Call, answer: Answer) -> Answer:
    """Put a mark before the report, bytes into it that are no UTF-8, a column more, and a line twice."""
    found = re.search("<Content>(.*?)</Content>", answer.body.decode(), re.DOTALL)
    if not found:
        return answer
    head, *lines = base64.b64decode(found[1]).splitlines()
    lines = [line.replace(b"N/A", b"\xff", 1) + b",2026-13-01" for line in lines]
    report = b"\xef\xbb\xbf" + b"\n".join([head + b",account_id", *lines, lines[-1]])
    return Answer(answer.status, answer.body.replace(found[1].encode(), base64.b64encode(report)), answer.headers)


def test_an_odd_inventory_is_read_whole(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    make_odd(empty_aws)
    output = read(empty_aws.config(**FAST), tmp_path, streams=STREAMS)

    assert output.exit_code == 0
    assert output.statuses == dict.fromkeys(STREAMS, "COMPLETE")
    users = by(output, "users", "user_name")
    assert {"ana", "bob", "eve", "<root_account>"} <= users.keys()
    assert all(row["user_id"] for row in users.values())
    assert (users["ana"]["tags"], users["ana"]["inline_policies"][0]["policy_name"]) == (
        {"lone": None, "twice": "2"},
        "bare",
    )
    devices = by(output, "mfa_devices", "user_name")
    assert (len(devices), devices["ana"]["serial_number"][-9:]) == (2, "mfa/phone")
    policies = by(output, "policies", "policy_name")
    assert policies["unmarked"]["document"] == TRUST
    assert policies["bare"]["unavailable_fields"] == [], "AWS denied nothing: it left the document out"
    assert policies["deep"]["document_text"] == DEEP
    trusts = [row for row in output.records("role_trusts") if row["role_name"] == ROLE]
    seen = [(row["principal"], row.get("is_external"), row["is_deleted_principal"]) for row in trusts]
    assert seen == [
        ("444455556666", True, False),
        (DELETED, None, True),
        ("*", None, False),
        ("444455556666", True, False),
    ]
    assert not any(row["external_id_required"] for row in trusts)
    report = by(output, "credential_report", "user")
    assert {row["account_id"] for row in report.values()} == {empty_aws.account_id}
    assert any("yesterday" in warning for warning in output.warnings)


def by(output: Output, stream: str, column: str) -> dict[str, dict[str, Any]]:
    return {row.get(column): row for row in output.records(stream)}  # type: ignore[misc]
