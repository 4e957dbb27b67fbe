"""The connection's configuration, as types. Names and limits are those of the spec in manifest.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import moment

if TYPE_CHECKING:
    from collections.abc import Mapping


# Sessions of chained roles end after an hour, and the hub may be a role. No member has to last longer: it is renewed.
MEMBER_SECONDS: Final = 3600


def given(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return `config` without empty texts and nulls: that is how forms and Terraform say that nothing was given."""
    return {name: _given(value) for name, value in config.items() if value not in ("", None)}


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(item) for item in value]
    return given(value) if isinstance(value, dict) else value


@dataclass(frozen=True, repr=False)
class AccessKey:
    """A fixed key, or a temporary one with its session token. Has no repr: it must not reach a log."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, repr=False)
class Role:
    """A role to assume. Has no repr: the external id is a secret."""

    arn: str
    external_id: str | None
    session_name: str
    duration_seconds: int

    @property
    def account_id(self) -> str:
        """The account that the role lives in."""
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition that the role lives in, e.g. "aws-us-gov"."""
        return self.arn.split(":")[1]


@dataclass(frozen=True)
class EventSelection:
    """Which audit events are read. The last three belong to the modes that have them."""

    mode: str = "all"
    insights: bool = False
    include_read_only: bool = True
    attribute_key: str = ""
    attribute_value: str = ""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> EventSelection:
        """Read what a config says of events. What a form has left over from another mode plays no part."""
        chosen = config.get("event_selection") or {"mode": "all"}
        mode, insights = chosen["mode"], config.get("include_insights", False)
        if mode == "identity":
            return cls(mode, insights, include_read_only=chosen.get("include_read_only", True))
        if mode == "attribute":
            return cls(mode, insights, attribute_key=chosen["attribute_key"], attribute_value=chosen["attribute_value"])
        return cls(mode, insights)


@dataclass(frozen=True, repr=False)
class Accounts:
    """Which accounts are read. Has no repr: external ids are secrets.

    `roles` belong to the scope "list". The scope "organization" has all the others but the last two: `role_name` with
    its path ("audit/airbyte-read"), ids of organizational units, and account ids.
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
        """Whether accounts fail one by one."""
        return self.scope != "current"

    @property
    def by_unit(self) -> bool:
        """Whether it matters in which organizational unit an account is."""
        return bool(self.include_ous or self.exclude_ous)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Accounts:
        """Read what a config says of accounts. What a form has left over from another scope plays no part."""
        chosen = config.get("accounts") or {"scope": "current"}
        scope = chosen["scope"]
        fail_on_error, to_check = config.get("fail_on_account_error", False), int(config.get("accounts_to_check", 20))
        if scope == "list":
            name = _session_name(config["credentials"])
            roles = tuple(
                Role(entry["role_arn"], entry.get("external_id"), name, MEMBER_SECONDS) for entry in chosen["roles"]
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

    def member_role(self, partition: str, account_id: str, session_name: str) -> Role:
        """Return the role of one account of the organization."""
        arn = f"arn:{partition}:iam::{account_id}:role/{self.role_name}"
        return Role(arn, self.external_id, session_name, MEMBER_SECONDS)


@dataclass(frozen=True)
class Settings:
    """One connection. `key` is None where the environment's credentials are used, `role` where none is assumed."""

    key: AccessKey | None
    role: Role | None
    session_name: str
    accounts: Accounts
    region: str
    regions: tuple[str, ...]
    selection: EventSelection
    policy_tags: bool
    all_aws_policies: bool
    ask_every_user: bool
    start_date: datetime | None
    lookback: timedelta
    workers: int
    lookups_per_second: float
    iam_calls_per_second: float
    endpoint_url: str | None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read a config that is valid by the spec. JSON knows one kind of number, so 10.0 is a whole one too."""
        config = given(config)
        credentials = config["credentials"]
        key_id, secret = credentials.get("access_key_id"), credentials.get("secret_access_key")
        key = AccessKey(key_id, secret, credentials.get("session_token")) if key_id and secret else None
        role = None
        if credentials["auth_type"] == "iam_role":
            role = Role(
                arn=credentials["role_arn"],
                external_id=credentials.get("external_id"),
                session_name=_session_name(credentials),
                duration_seconds=int(credentials.get("duration_seconds", 3600)),
            )
        return cls(
            key=key,
            role=role,
            session_name=_session_name(credentials),
            accounts=Accounts.of(config),
            region=config.get("region", "us-east-1"),
            regions=tuple(config.get("regions", ())),
            selection=EventSelection.of(config),
            policy_tags=config.get("include_policy_tags", False),
            all_aws_policies=config.get("include_all_aws_policies", False),
            ask_every_user=config.get("ask_every_user", False),
            start_date=moment(config["start_date"]) if "start_date" in config else None,
            lookback=timedelta(minutes=config.get("lookback_minutes", 60)),
            workers=int(config.get("num_workers", 10)),
            iam_calls_per_second=config.get("iam_requests_per_second", 20),
            lookups_per_second=config.get("lookup_requests_per_second", 2),
            endpoint_url=config.get("endpoint_url"),
        )


def _session_name(credentials: Mapping[str, Any]) -> str:
    name = credentials.get("role_session_name") if credentials["auth_type"] == "iam_role" else None
    return name or "airbyte-source-aws-iam"
