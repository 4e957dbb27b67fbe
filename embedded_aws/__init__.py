"""An AWS in this process: a real HTTP server on loopback that unmodified boto3 talks to through
`endpoint_url`.

moto's server answers what it implements well. This package implements what moto lacks or gets wrong.

    with EmbeddedAws(seed=Seed()) as aws:
        connector_reads(aws.config())
        aws.fail(Fault("iam:ListUsers", "throttle"))
        assert aws.requests[aws.account_id, "us-east-1", "iam:ListUsers"] == 1

Imports go one way, from the last to the first:

    server       AWS on loopback: requests, permissions, quotas, pages
    scenarios    its content: accounts, users, events
    truth        the rows that a sync of it must bring
    control      what tests use: EmbeddedAws, faults, latency, the clock
"""

from embedded_aws.control.clock import StoppedClock
from embedded_aws.control.embedded import EmbeddedAws
from embedded_aws.control.faults import Fault
from embedded_aws.control.latency import Latency
from embedded_aws.scenarios.member_accounts import Account, OpenAccount, account_ids
from embedded_aws.scenarios.seed import Seed
from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.organization import Member, Organization, Policy, Unit
from embedded_aws.server.principals import AccessKey

__all__ = [
    "AccessKey",
    "Account",
    "Answer",
    "Call",
    "EmbeddedAws",
    "Fault",
    "Latency",
    "Member",
    "OpenAccount",
    "Organization",
    "Policy",
    "Seed",
    "StoppedClock",
    "Unit",
    "account_ids",
]
