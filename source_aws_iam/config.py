"""The configuration as types. Names and limits are those of the spec in manifest.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_calls.form.credentials import access_key, role
from aws_calls.form.values import given
from aws_calls.options import Options, Role
from source_aws_iam.aws.operations import IAM, LOOKUP_EVENTS
from source_aws_iam.aws.values import moment

if TYPE_CHECKING:
    from collections.abc import Mapping


# AWS ends sessions of chained roles after an hour, and the hub may be a role. Sessions of accounts are renewed anyway.
ACCOUNT_SESSION_SECONDS: Final = 3600
# What CloudTrail calls sessions without a name of their own.
SESSION_NAME: Final = "airbyte-source-aws-iam"


@dataclass(frozen=True)
class EventSelection:
    """Which audit events are read. The last three are for the modes that have them."""

    mode: str = "all"
    insights: bool = False
    include_read_only: bool = True
    attribute_key: str = ""
    attribute_value: str = ""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> EventSelection:
        """Take the selection of events from a config. What a form has left over from another mode is ignored."""
        chosen = config.get("event_selection") or {"mode": "all"}
        mode, insights = chosen["mode"], config.get("include_insights", False)
        if mode == "identity":
            return cls(mode, insights, include_read_only=chosen.get("include_read_only", True))
        if mode == "attribute":
            return cls(mode, insights, attribute_key=chosen["attribute_key"], attribute_value=chosen["attribute_value"])
        return cls(mode, insights)


@dataclass(frozen=True, repr=False)
class TrailBucket:
    """The bucket of a trail, from which audit events are read. It has no repr, because external ids are secrets.

    `prefix` ends in a slash unless it is empty. Without `role_arn`, the configured credentials read the bucket; without
    `region`, S3 is asked for it; without `organization_id`, every organization in the bucket is read. Each of
    `shard_count` connections reads its share of the accounts and Regions.
    """

    bucket: str
    prefix: str = ""
    organization_id: str = ""
    role_arn: str = ""
    external_id: str | None = None
    region: str = ""
    data_events: bool = False
    lookback: timedelta = timedelta(days=2)
    shard_index: int = 0
    shard_count: int = 1
    verify_digests: bool = True

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> TrailBucket | None:
        """Take the bucket from a config, None where the event history is the source."""
        chosen = config.get("audit_source") or {"mode": "event_history"}
        if chosen["mode"] != "trail_bucket":
            return None
        prefix = chosen.get("prefix", "").strip("/")
        return cls(
            bucket=chosen["bucket"],
            prefix=f"{prefix}/" if prefix else "",
            organization_id=chosen.get("organization_id", ""),
            role_arn=chosen.get("role_arn", ""),
            external_id=chosen.get("external_id"),
            region=chosen.get("bucket_region", ""),
            data_events=chosen.get("include_data_events", False),
            lookback=timedelta(days=chosen.get("lookback_days", 2)),
            shard_index=int(chosen.get("shard_index", 0)),
            shard_count=int(chosen.get("shard_count", 1)),
            verify_digests=chosen.get("verify_digests", True),
        )


@dataclass(frozen=True, repr=False)
class Accounts:
    """Which accounts are read. It has no repr, because external ids are secrets.

    `roles` are for the scope "list"; the fields from `role_name` to `include_management_account` are for the scope
    "organization". `role_name` includes the path ("audit/airbyte-read").
    """

    scope: str = "current"
    roles: tuple[Role, ...] = ()
    role_name: str = ""
    external_id: str | None = None
    include_ous: tuple[str, ...] = ()
    exclude_ous: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    include_management_account: bool = False
    fail_on_error: bool = False
    to_check: int = 20

    @property
    def many(self) -> bool:
        """Whether several accounts are read, of which each may fail alone."""
        return self.scope != "current"

    @property
    def by_unit(self) -> bool:
        """Whether accounts are chosen by their organizational unit."""
        return bool(self.include_ous or self.exclude_ous)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Accounts:
        """Take the accounts from a config. What a form has left over from another scope is ignored."""
        chosen = config.get("accounts") or {"scope": "current"}
        scope = chosen["scope"]
        fail_on_error, to_check = config.get("fail_on_account_error", False), int(config.get("accounts_to_check", 20))
        if scope == "list":
            name = _session_name(config["credentials"])
            roles = tuple(
                Role(entry["role_arn"], entry.get("external_id"), name, ACCOUNT_SESSION_SECONDS)
                for entry in chosen["roles"]
            )
            return cls(scope, roles=roles, fail_on_error=fail_on_error, to_check=to_check)
        if scope == "organization":
            return cls(
                scope,
                role_name=chosen["role_name"],
                external_id=chosen.get("external_id"),
                include_ous=tuple(chosen.get("include_ous", ())),
                exclude_ous=tuple(chosen.get("exclude_ous", ())),
                exclude_accounts=tuple(chosen.get("exclude_accounts", ())),
                include_management_account=chosen.get("include_management_account", False),
                fail_on_error=fail_on_error,
                to_check=to_check,
            )
        return cls(scope, fail_on_error=fail_on_error, to_check=to_check)

    def account_role(self, partition: str, account_id: str, session_name: str) -> Role:
        """Return the role of one account of the organization."""
        arn = f"arn:{partition}:iam::{account_id}:role/{self.role_name}"
        return Role(arn, self.external_id, session_name, ACCOUNT_SESSION_SECONDS)


@dataclass(frozen=True)
class Settings:
    """The settings of a sync. `options` say how AWS is called, all others what is read."""

    options: Options
    session_name: str
    accounts: Accounts
    regions: tuple[str, ...]
    selection: EventSelection
    trail: TrailBucket | None
    policy_tags: bool
    all_aws_policies: bool
    ask_every_user: bool
    identity_center_region: str
    finding_details: bool
    action_last_accessed: bool
    start_date: datetime | None
    lookback: timedelta

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Take the settings from a valid config. JSON has one kind of number, so 10.0 is valid for an integer."""
        config = given(config)
        credentials = config["credentials"]
        return cls(
            options=Options(
                key=access_key(credentials),
                role=role(credentials, SESSION_NAME),
                region=config.get("region", "us-east-1"),
                endpoint_url=config.get("endpoint_url"),
                workers=int(config.get("num_workers", 10)),
                rates={
                    IAM: config.get("iam_requests_per_second", IAM.per_second),
                    LOOKUP_EVENTS: config.get("lookup_requests_per_second", LOOKUP_EVENTS.per_second),
                },
            ),
            session_name=_session_name(credentials),
            accounts=Accounts.of(config),
            regions=tuple(config.get("regions", ())),
            selection=EventSelection.of(config),
            trail=TrailBucket.of(config),
            policy_tags=config.get("include_policy_tags", False),
            all_aws_policies=config.get("include_all_aws_policies", False),
            ask_every_user=config.get("ask_every_user", False),
            identity_center_region=config.get("identity_center_region", ""),
            finding_details=config.get("include_finding_details", False),
            action_last_accessed=config.get("include_action_last_accessed", False),
            start_date=moment(config["start_date"]) if "start_date" in config else None,
            lookback=timedelta(minutes=config.get("lookback_minutes", 60)),
        )


def _session_name(credentials: Mapping[str, Any]) -> str:
    name = credentials.get("role_session_name") if credentials["auth_type"] == "iam_role" else None
    return name or SESSION_NAME
