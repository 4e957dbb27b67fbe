"""An AWS in this process: a real HTTP server on loopback that unmodified boto3 talks to through
`endpoint_url`.

moto's server does what it does well; this package does what moto lacks or gets wrong for IAM, STS and
CloudTrail.

    with EmbeddedAws(seed=Seed()) as aws:
        connector_reads(aws.config())
        aws.fail(Fault("iam:ListUsers", "throttle"))
        assert aws.requests[aws.account_id, "us-east-1", "iam:ListUsers"] == 1

Where to look:

    embedded               EmbeddedAws itself: lifecycle, and what tests ask of it; connector_identities
    front_door             the way of one request
    operations             the table of what is served here; everything else is moto's
    http_server, calls     HTTP in, HTTP out
    authentication         who calls; with principals (keys, sessions) and signatures
    sts, trust             AssumeRole
    base_identity          a role of the connector's process, from a container, an instance or a web identity
    iam_*, paging          IAM's lists, shapes, pages and entities; aws_policies, credential_report
    permissions            what the caller's policies allow
    many_accounts          what tests ask of more accounts; member_accounts, seed_members, accounts, guardrails
    organization*          an organization, its tree and pages; organizations: its calls
    lookup_events          CloudTrail; with event_history, event_shape, trail_files and quota
    faults, errors         what goes wrong, and what AWS calls it; rendering puts it on the wire
    latency                how long an answer takes; hooks: what a test does right after one, or
                           answers in its place
    seed*, event_templates what an account contains; actors, changes
    truth                  what a sync is compared with
"""

from integration_tests.embedded_aws.calls import Answer, Call
from integration_tests.embedded_aws.clock import StoppedClock
from integration_tests.embedded_aws.embedded import EmbeddedAws
from integration_tests.embedded_aws.faults import Fault
from integration_tests.embedded_aws.latency import Latency
from integration_tests.embedded_aws.member_accounts import Account, OpenAccount, account_ids
from integration_tests.embedded_aws.organization import Member, Organization, Unit
from integration_tests.embedded_aws.principals import AccessKey
from integration_tests.embedded_aws.seed import Seed

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
    "Seed",
    "StoppedClock",
    "Unit",
    "account_ids",
]
