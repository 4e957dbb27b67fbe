"""Names that are attacks on whoever shows them: IAM lets paths and conditions have such characters, and CloudTrail
records what callers say of themselves.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.seed_documents import text
from embedded_aws.scenarios.seed_events import record_of, stage_of

HOSTILE_PATH = "/<script>alert(1)</script>/"
HOSTILE_ACTOR = 'arn:aws:sts::123456789012:federated-user/"><img src=https://evil.example/x onerror=alert(2)>'
HOSTILE_POLICY = "</td><style>@import url(//evil.example)</style>"
BUSY_ROLE = "arn:aws:iam::123456789012:role/deploy"
BUSY_SERVICE = "ec2.amazonaws.com"
_EVENTS_OF_ACTOR = 150


def plant_attacks(aws: EmbeddedAws) -> None:
    backend = aws.iam()
    attacker = backend.create_user(aws.regions[0], "attacker", HOSTILE_PATH)
    attacker.create_date = aws.moto_now() - timedelta(days=1)
    attacker.password = "planted"
    attacker.put_policy(HOSTILE_POLICY, text({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    rng = Random(3)  # noqa: S311 - reproducible, not secret
    stage, newest = stage_of(aws, rng), int(aws.now().timestamp()) - 600
    hostile = {"type": "FederatedUser", "arn": HOSTILE_ACTOR, "principalId": "x"}
    session = {"sessionIssuer": {"type": "Role", "arn": BUSY_ROLE, "userName": "deploy"}}
    role_session = {"type": "AssumedRole", "principalId": "AROAX:job", "sessionContext": session}
    for identity in (hostile, role_session, {"type": "AWSService", "invokedBy": BUSY_SERVICE}):
        for number in range(_EVENTS_OF_ACTOR):
            record = record_of(stage, TEMPLATES[0], newest - number * 60, aws.regions[0], aws.regions[0])
            aws.events.add({**record, "userIdentity": identity})
