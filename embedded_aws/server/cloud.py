"""The state of one embedded AWS besides moto's backends.

moto keeps its accounts in module globals, so there is one moto per process; this is one object per
`EmbeddedAws`, and every handler gets it as its first argument.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from moto.iam.models import IAMBackend, iam_backends
from moto.utilities.utils import get_partition

from embedded_aws.server.accounts import Accounts
from embedded_aws.server.analyzer import Analyzer
from embedded_aws.server.calls import Call
from embedded_aws.server.credential_report import CredentialReport
from embedded_aws.server.errors import no_identity_provider
from embedded_aws.server.event_history import EventHistory
from embedded_aws.server.identity_center import Instance
from embedded_aws.server.last_accessed_jobs import LastAccessed
from embedded_aws.server.organization_tree import OrganizationTree
from embedded_aws.server.principals import Sessions
from embedded_aws.server.quota import RateQuota, TokenBuckets
from embedded_aws.server.s3_bucket import Bucket
from embedded_aws.server.trail import Trail
from embedded_aws.server.trail_keys import PublicKey

if TYPE_CHECKING:
    from typing_extensions import Self

Resource = dict[str, Any]
"""The members of a structure of AWS."""

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")


def real_clock() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(kw_only=True, eq=False)
class Cloud:
    """State shared by the handlers. `session_seconds`, `page_cap` and the rates may be changed while clients are
    running.
    """

    account_id: str = DEFAULT_ACCOUNT
    regions: list[str] = field(default_factory=lambda: list(DEFAULT_REGIONS))
    """Enabled Regions; the first one decides the partition."""
    lookup_rate: float | None = 2.0
    """LookupEvents requests per second, account and Region; None for no quota."""
    iam_rate: float | None = None
    """IAM requests per second and account; None for no quota. AWS has one and does not say which."""
    identity_center_rate: float | None = None
    """Requests per second and account of all calls of IAM Identity Center together, and of each call of identity
    stores; None for no quota. AWS's is 20.
    """
    token_buckets: bool = False
    """Whether each operation of EC2 and of Organizations has its token bucket: per account, and of EC2 per Region."""
    page_cap: int | None = None
    """Lists of IAM and EC2 never return more than this per page, whatever is asked: AWS may do that at any time."""
    knows_region_scope: bool = True
    """Whether sso:ListInstances takes RegionScope."""
    session_seconds: float | None = None
    """Sessions really end this soon, although their Expiration says otherwise."""
    now: Callable[[], datetime] = real_clock

    def __post_init__(self) -> None:
        self.events = EventHistory(self.account_id, self.now)
        self.sessions = Sessions()
        self.credential_report = CredentialReport()
        self.last_accessed = LastAccessed()
        self.lookup_quota = RateQuota()
        self.iam_quota = RateQuota()
        self.identity_center_quota = RateQuota()
        self.service_credentials: dict[str, list[dict[str, Any]]] = {}
        """Account id -> members of ServiceSpecificCredentialMetadata under AWS's names; times are aware."""
        self.ec2: defaultdict[tuple[str, str], defaultdict[str, list[Resource]]]
        self.ec2 = defaultdict(lambda: defaultdict(list))
        """(Account id, Region) -> the lists of EC2 by the member of the answer, as Reservations (server/ec2.py)."""
        self.tokens = TokenBuckets()
        self.analyzers: dict[tuple[str, str], list[Analyzer]] = {}
        """(Account id, Region) -> the analyzers of IAM Access Analyzer, with their findings."""
        self.buckets: dict[str, Bucket] = {}
        """Name -> bucket of S3, of all accounts and Regions."""
        self.withheld_keys: set[str] = set()
        """ARNs of KMS keys whose key policies allow no caller to use them."""
        self.trails: list[Trail] = []
        """CloudTrail's trails, of all accounts."""
        self.trail_keys: dict[str, list[PublicKey]] = {}
        """Region -> what ListPublicKeys answers there."""
        self.root_mfa: dict[str, datetime] = {}
        """Account id -> EnableDate of the virtual MFA device of its root user, where there is one."""
        self.organization: OrganizationTree | None = None
        self.identity_center: list[Instance] = []
        """The instances of all accounts."""
        self.accounts = Accounts()
        self.sign_in_with_web_identity: Callable[[Call], Mapping[str, Any]] = no_identity_provider

    @property
    def partition(self) -> str:
        return get_partition(self.regions[0])

    def moto_now(self) -> datetime:
        """The time as moto's objects hold it: naive UTC."""
        return self.now().astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)

    def iam(self, account_id: str | None = None) -> IAMBackend:
        """moto's IAM of an account (the home account if not named)."""
        self.accounts.plant(account_id or self.account_id)
        return iam_backends[account_id or self.account_id][self.partition]

    def create_bucket(self, name: str, *, account_id: str | None = None, region: str | None = None) -> Bucket:
        """Create a bucket, in the home account and its first Region unless told otherwise."""
        bucket = Bucket(name, account_id=account_id or self.account_id, region=region or self.regions[0], now=self.now)
        self.buckets[name] = bucket
        return bucket

    def within(self, account_id: str) -> Self:
        """The same AWS as if that account were the home account: whatever speaks of the home account, the ground
        truth first of all, then speaks of that one. To be looked at, not to be changed.
        """
        view = copy.copy(self)
        view.account_id, view.regions = account_id, self.regions_of(account_id)
        return view

    def regions_of(self, account_id: str) -> list[str]:
        """Those that the account has enabled."""
        return self.accounts.regions.get(account_id, self.regions)

    def is_closed(self, account_id: str) -> bool:
        """Nobody gets into it. An account about to be closed is still open."""
        member = self.organization.members.get(account_id) if self.organization else None
        out_of_use = member is not None and member.state not in ("ACTIVE", "PENDING_CLOSURE")
        return out_of_use or account_id in self.accounts.closed
