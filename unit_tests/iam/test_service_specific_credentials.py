"""service_specific_credentials: of all users, the youngest too."""

from __future__ import annotations

from typing import Any

from source_aws_iam.iam.service_specific_credentials import ServiceSpecificCredentials
from unit_tests.iam.aws_answers import DAY, Answers, paged, user


def credential(name: str) -> dict[str, Any]:
    return {
        "UserName": name,
        "Status": "Active",
        "CreateDate": DAY,
        "ServiceName": "codecommit.amazonaws.com",
        "ServiceSpecificCredentialId": f"ACCA{name.upper():0>16}",
    }


def test_a_credential_of_a_user_who_is_younger_than_the_list_is_not_lost() -> None:
    every = paged("ServiceSpecificCredentials", [credential("ana")], [credential("new")])
    aws = Answers({"ListUsers": paged("Users", [user("ana")]), "ListServiceSpecificCredentials": every})
    rows = ServiceSpecificCredentials(name="credentials", config=aws.config).rows(aws.session)
    found = {row["user_name"]: row["user_id"] for row in rows}
    assert found == {"ana": user("ana")["UserId"], "new": None}
