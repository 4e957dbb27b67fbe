"""What AWS is compared with: embedded AWS on loopback, which is asked for more than AWS is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from contract.learning import learn
from contract.recording import add
from embedded_aws import EmbeddedAws, Member, Seed
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.digest_writer import HOUR, DigestWriter
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.event_history import as_event_time
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.config import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contract.recording import Recording

# Every member that embedded AWS knows is there for some, and those that AWS may leave out are missing for others.
SEED: Final = Seed(users=30, groups=8, roles=14, policies=8, events=0)
_TAGS: Final = {f"Tag{number}": "yes" for number in range(25)}
ORGANIZATION: Final = replace(
    company(["222222222222"], "333333333333", controls=2),
    accounts=[Member("111111111111", tags=_TAGS), "333333333333"],
)
# With all members that a user may have, and lists with a second page.
PEOPLE: Final = People(people=110, groups=12, permission_sets=9)
_NO_QUOTA: Final = 10_000.0
# The first one in every list.
_NAME: Final = "a-name-before-all-others"
_READ: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
)
# One by a user, and one by a service. A page has fifty; which of a seed's events are on the first depends on the clock.
_EVENTS: Final[tuple[dict[str, Any], ...]] = (
    {"userIdentity": {"type": "IAMUser", "userName": "ana", "accessKeyId": "ASIAIOSFODNN7EXAMPLE"}},
    {
        "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
        "resources": [{"ARN": "arn:aws:iam::123456789012:role/Deploy", "type": "AWS::IAM::Role"}],
    },
)
_OF_EVENTS: Final[Mapping[str, Any]] = {
    "eventVersion": "1.11",
    "eventSource": "sts.amazonaws.com",
    "eventName": "AssumeRole",
    "awsRegion": "us-east-1",
    "readOnly": True,
    "recipientAccountId": "123456789012",
}
_EVENTS_OF_EACH: Final = 30
_JOB: Final = "iam.get_service_last_accessed_details"
_NEVER: Final = 1_000_000
# More than a page.
_KEYS: Final = 101
_PASSWORD_POLICY: Final = "iam.get_account_password_policy"  # noqa: S105 - an operation


def learn_from_embedded_aws(operations: Collection[str] = OPERATIONS.keys()) -> Recording:
    """Return how embedded AWS answers the operations. There can be no other one in the process meanwhile."""
    with EmbeddedAws(seed=SEED, lookup_rate=None) as aws:
        furnish(aws)
        settings = without_quotas(Settings.of(aws.config()))
        recording = learn(settings, operations, thorough=True).recording
        if _PASSWORD_POLICY in operations:
            # An account has one policy at most, or none.
            for change in (_shortest_password_policy, _no_password_policy):
                change(aws.client("iam"))
                for kept in learn(settings, [_PASSWORD_POLICY]).recording[_PASSWORD_POLICY]:
                    add(recording, _PASSWORD_POLICY, kept)
        if _JOB in operations:
            # AWS may still be at work when it is asked. Embedded AWS has completed all jobs above by then.
            aws.last_accessed.requests_of_a_job = _NEVER
            for kept in learn(settings, [_JOB]).recording[_JOB]:
                add(recording, _JOB, kept)
    return recording


def without_quotas(settings: Settings) -> Settings:
    """Return the settings for an AWS that has no quotas."""
    rates = {operation.quota: _NO_QUOTA for operation in OPERATIONS.values() if operation.quota}
    return replace(settings, options=replace(settings.options, rates=rates))


def furnish(aws: EmbeddedAws) -> None:
    """Add what the seed lacks: events, an organization, an alias, and lists with a second page."""
    now = int(aws.now().timestamp())
    for minutes in range(1, _EVENTS_OF_EACH + 1):
        for number, event in enumerate(_EVENTS):
            event_id = f"{minutes:08}-0000-4000-8000-{number:012}"
            time = as_event_time(now - 60 * minutes - number)
            aws.events.add({**_OF_EVENTS, "eventID": event_id, "eventTime": time, **event})
    aws.organize(ORGANIZATION)
    open_identity_center(aws, [aws.account_id, "111111111111"], PEOPLE)
    _furnish_trails(aws)
    iam = aws.client("iam")
    iam.create_account_alias(AccountAlias=_NAME)
    iam.create_user(UserName=_NAME)
    iam.create_group(GroupName=_NAME)
    for number in range(2):
        name = f"{_NAME}-{number}"
        iam.create_access_key(UserName=_NAME)
        iam.put_user_policy(UserName=_NAME, PolicyName=name, PolicyDocument=_READ)
        iam.put_group_policy(GroupName=_NAME, PolicyName=name, PolicyDocument=_READ)
        policy = iam.create_policy(PolicyName=name, PolicyDocument=_READ)["Policy"]["Arn"]
        iam.attach_user_policy(UserName=_NAME, PolicyArn=policy)
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName=_NAME, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )


def _furnish_trails(aws: EmbeddedAws) -> None:
    """One trail of each kind, with all that is said of a trail, and with as little as may be."""
    now = aws.now()
    every, few = open_trail(aws, name="a-trail", prefix="audit"), open_trail(aws, name="another", multi_region=False)
    every.bucket.kms_key_arn = f"arn:aws:kms:us-east-1:{aws.account_id}:key/{'0' * 8}"
    every.stopped_at, every.delivery_error, every.digest_error = now, "NoSuchBucket", "AccessDenied"
    every.insight_types = ["ApiCallRateInsight"]
    every.advanced_selectors = [{"Name": "a", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    record = {**_OF_EVENTS, "eventID": _NAME, "eventTime": as_event_time(int(now.timestamp()) - 7200)}
    TrailWriter(aws, every).write([record])
    keys = DigestKeys(aws)
    DigestWriter(aws, every, keys, account_id=aws.account_id, region="us-east-1").deliver(now - 2 * HOUR, now - HOUR)
    few.started_at = None
    for _ in range(_KEYS):
        keys.rotate("us-east-1")
        keys.fingerprint("us-east-1")


def _shortest_password_policy(iam: Any) -> None:
    iam.update_account_password_policy(MinimumPasswordLength=8)


def _no_password_policy(iam: Any) -> None:
    iam.delete_account_password_policy()
