"""docs/security-lake.md says where attributes come from. That is found by trying, and is right."""

from __future__ import annotations

import pytest

from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    USER_INVENTORY,
    EventClass,
)
from tools.ocsf_sources import Sources, sources


@pytest.fixture(scope="module")
def found() -> Sources:
    return sources()


@pytest.mark.parametrize(
    ("of_class", "attribute", "fields"),
    [
        (API_ACTIVITY, "time_dt", ["eventTime"]),
        (API_ACTIVITY, "actor.user.uid_alt", ["userIdentity.principalId", "userIdentity.onBehalfOf.userId"]),
        (API_ACTIVITY, "api.request.data", ["requestParameters"]),
        (API_ACTIVITY, "cloud.region", ["awsRegion", "audit_events.region"]),
        (AUTHENTICATION, "is_mfa", ["additionalEventData.MFAUsed"]),
        (ACCOUNT_CHANGE, "policy.uid", ["requestParameters.policyArn", "requestParameters.permissionsBoundary"]),
        (USER_INVENTORY, "user.groups[].uid", ["group_members.group_arn", "identity_center_group_members.group_id"]),
        (API_ACTIVITY, "metadata.version", []),
    ],
)
def test_an_attribute_comes_from_what_changes_it_the_best_first(
    of_class: EventClass, attribute: str, fields: list[str], found: Sources
) -> None:
    assert found[of_class].get(attribute, []) == fields
