"""`EmbeddedAws`: one AWS account (or several) behind one loopback URL."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from embedded_aws.control.controls import Controls
from embedded_aws.control.faults import Fault
from embedded_aws.control.hooks import Rewrite
from embedded_aws.control.latency import Latency
from embedded_aws.control.request_log import RequestKey
from embedded_aws.scenarios import connector_identities
from embedded_aws.scenarios.many_accounts import ManyAccounts
from embedded_aws.scenarios.seed import Seed, plant
from embedded_aws.server.calls import ADMIN_AGENT
from embedded_aws.server.cloud import DEFAULT_ACCOUNT, DEFAULT_REGIONS, real_clock
from embedded_aws.server.front_door import FrontDoor
from embedded_aws.server.http_server import LoopbackServer
from embedded_aws.server.principals import AccessKey
from embedded_aws.server.quota import QuotaKey
from embedded_aws.truth import backend

if TYPE_CHECKING:
    from typing_extensions import Self

EXTERNAL_ID = "embedded-aws-external-id"


@cache
def _session() -> Any:
    """One for the process: a session parses each service model once, and EC2's takes half a second."""
    return boto3.Session()


class EmbeddedAws(ManyAccounts):
    """A context manager; there can be one at a time in a process, because moto's backends are global.

    The home account always has an IAM user that may do everything (`base_key`) and a role that trusts it
    (`role_arn`, `external_id`). `seed` adds the rest; without one the account is otherwise empty.
    """

    def __init__(
        self,
        *,
        seed: Seed | None = None,
        lookup_rate: float | None = 2.0,
        iam_rate: float | None = None,
        identity_center_rate: float | None = None,
        token_buckets: bool = False,
        latency: Sequence[Latency] = (),
        now: Callable[[], datetime] | None = None,
        wait: Callable[[float], object] = time.sleep,
        account_id: str = DEFAULT_ACCOUNT,
        regions: list[str] | None = None,
        page_cap: int | None = None,
        port: int = 0,
        certificate: Path | None = None,
    ) -> None:
        """`certificate` is a PEM file with its key: with it, `url` is one of HTTPS."""
        super().__init__(
            account_id=account_id,
            regions=list(regions or DEFAULT_REGIONS),
            lookup_rate=lookup_rate,
            iam_rate=iam_rate,
            identity_center_rate=identity_center_rate,
            token_buckets=token_buckets,
            page_cap=page_cap,
            now=now or real_clock,
        )
        self.external_id = EXTERNAL_ID
        self._seed = seed
        self._controls = Controls(latency, wait)
        self._server = LoopbackServer(port, FrontDoor(self, self._controls).answer, self.now, certificate)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        BackendDict.reset()
        mock_random.seed(self._seed.seed if self._seed else 0)
        user, self.base_key = connector_identities.create_user(self, self.account_id)
        self.role_arn = connector_identities.create_role(self, user, self.external_id).arn
        if self._seed:
            plant(self._seed, self)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def latency(self) -> Sequence[Latency]:
        """The first one that concerns a call delays its answer. May be changed while clients are running."""
        return self._controls.latency

    @latency.setter
    def latency(self, latency: Sequence[Latency]) -> None:
        self._controls.latency = latency

    @property
    def requests(self) -> Counter[RequestKey]:
        """Requests so far by (account id, Region, "iam:ListUsers"), failed ones included."""
        return self._controls.log.counts()

    def requests_total(self) -> int:
        return sum(self._controls.log.counts().values())

    @property
    def throttled_lookups(self) -> Counter[QuotaKey]:
        """LookupEvents requests that exceeded the quota so far, by (account id, Region). `requests` has them too."""
        return self.lookup_quota.refusals()

    @property
    def throttled_iam(self) -> Counter[QuotaKey]:
        """IAM requests that exceeded `iam_rate` so far, by (account id, "aws-global")."""
        return self.iam_quota.refusals()

    @property
    def throttled_identity_center(self) -> Counter[QuotaKey]:
        """Requests that exceeded `identity_center_rate` so far, by (account id, what the quota is of)."""
        return self.identity_center_quota.refusals()

    @property
    def throttled_by_buckets(self) -> Counter[QuotaKey]:
        """Requests that found an empty bucket so far, by (account id, "us-east-1 DescribeInstances")."""
        return self.tokens.refusals()

    def reset_requests(self) -> None:
        self._controls.log.reset()
        self.lookup_quota.forget_refusals()
        self.iam_quota.forget_refusals()
        self.identity_center_quota.forget_refusals()
        self.tokens.forget_refusals()

    def open_account(self, account_id: str) -> AccessKey:
        """One more account behind the same URL: the key of a user in it. Its events are those whose record names it."""
        return connector_identities.create_user(self, account_id)[1]

    def fail(self, fault: Fault) -> None:
        """Apply this fault from now on."""
        self._controls.faults.add(fault)

    def rewrite(self, action: str, rewrite: Rewrite) -> None:
        """Replace the answers to an action ("iam:ListUsers"; "*": any) from now on."""
        self._controls.rewrites.add(action, rewrite)

    def heal(self) -> None:
        """End all faults and rewrites."""
        self._controls.faults.clear()
        self._controls.rewrites.clear()

    def after(self, action: str, count: int, do: Callable[[], object], *, account_id: str | None = None) -> None:
        """Do this once, right after the count-th request for the action from now on has been answered; where an
        account is named, the count-th of those who are in it.
        """
        self._controls.hooks.add(action, count, do, account_id)

    def allow(self, *actions: str) -> None:
        """Allow the connector's user and role exactly these actions. Until then they may do everything."""
        connector_identities.allow(self, actions)

    def allow_everything(self) -> None:
        """Remove the policy of `allow`."""
        connector_identities.allow_everything(self)

    def expire_sessions(self, *account_ids: str) -> None:
        """End every STS session issued so far, or every one in these accounts."""
        self.sessions.expire(self.now(), account_ids)

    def config(self, **overrides: Any) -> dict[str, Any]:
        """A connector config that assumes the role."""
        role = {"auth_type": "iam_role", "role_arn": self.role_arn, "external_id": self.external_id}
        return self._config({**role, **self._key_pair()}, overrides)

    def key_config(self, **overrides: Any) -> dict[str, Any]:
        """A connector config that uses the access key directly."""
        return self._config({"auth_type": "access_key", **self._key_pair()}, overrides)

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for the test itself: neither counted nor faulted nor throttled."""
        return self.client_of(self.base_key, service, region, user_agent_extra=ADMIN_AGENT)

    def client_of(self, key: AccessKey, service: str, region: str | None = None, **config: Any) -> Any:
        """A boto3 client like any other, to see what the holder of this key sees. It does not retry."""
        return _session().client(
            service,
            region_name=region or self.regions[0],
            endpoint_url=self.url,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            aws_session_token=key.session_token,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    def users_truth(self, account_id: str | None = None) -> list[dict[str, Any]]:
        return backend.users(self.iam(account_id))

    def groups_truth(self, account_id: str | None = None) -> list[dict[str, Any]]:
        return backend.groups(self.iam(account_id))

    def memberships_truth(self, account_id: str | None = None) -> list[dict[str, Any]]:
        return backend.memberships(self.iam(account_id))

    def _key_pair(self) -> dict[str, str]:
        key = self.base_key
        return {"access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}

    def _config(self, credentials: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
        return {"credentials": credentials, "region": self.regions[0], "endpoint_url": self.url, **overrides}
