"""What happens in an account: templates of CloudTrail records, each a function from a stage to what the
record says beyond the members that every record has.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_aws.scenarios import actors
from embedded_aws.scenarios.actors import Identity, Stage

Content = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """How often (relative to the others), where, and what. Global services report in the account's first
    Region.
    """

    weight: float
    write: Callable[[Stage], Content]
    is_global: bool = False


def _call(service: str, name: str, identity: Identity, *, read_only: bool, **content: Any) -> Content:
    empty = {"requestParameters": None, "responseElements": None}
    head = {"userIdentity": identity, "eventSource": f"{service}.amazonaws.com", "eventName": name}
    return {**head, **empty, **content, "readOnly": read_only, "eventType": "AwsApiCall"}


def describe_instances(stage: Stage) -> Content:
    filters = {"filterSet": {"items": [{"name": "instance-state-name", "valueSet": {"items": [{"value": "running"}]}}]}}
    return _call("ec2", "DescribeInstances", actors.iam_user(stage), read_only=True, requestParameters=filters)


def run_instances(stage: Stage) -> Content:
    request = {"instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1, "maxCount": 1}]}}
    response = {"instancesSet": {"items": [{"instanceId": f"i-{stage.rng.getrandbits(64):017x}"}]}}
    scope = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": f"{stage.account_id}:function:scale"}
    identity = {**actors.assumed_role(stage), "inScopeOf": scope}
    return _call("ec2", "RunInstances", identity, read_only=False, requestParameters=request, responseElements=response)


def decrypt(stage: Stage) -> Content:
    arn = f"arn:{stage.partition}:kms:us-east-1:{stage.account_id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    key = {"accountId": stage.account_id, "type": "AWS::KMS::Key", "ARN": arn}
    context = {"encryptionContext": {"aws:lambda:FunctionArn": "report"}}
    identity = actors.assumed_role(stage)
    return _call("kms", "Decrypt", identity, read_only=True, requestParameters=context, resources=[key])


def list_objects(stage: Stage) -> Content:
    resources = [
        {"type": "AWS::S3::Object", "ARNPrefix": f"arn:{stage.partition}:s3:::acme-logs/"},
        {
            "accountId": stage.account_id,
            "type": "AWS::S3::Bucket",
            "ARN": f"arn:{stage.partition}:s3:::acme-logs",
        },
    ]
    identity = actors.identity_center_user(stage)
    endpoint = {"vpcEndpointId": "vpce-0a1b2c3d", "vpcEndpointAccountId": stage.account_id}
    return _call("s3", "ListObjects", identity, read_only=True, resources=resources, **endpoint)


def list_users(stage: Stage) -> Content:
    return _call("iam", "ListUsers", actors.iam_user(stage), read_only=True, requestParameters={"maxItems": 1000})


def create_user(stage: Stage) -> Content:
    actor = stage.actor()
    user = {
        "path": "/",
        "userName": actor.name,
        "userId": actor.user_id,
        "arn": actor.arn,
        "createDate": "Jul 3, 2023",
    }
    request = {"userName": actor.name}
    identity = actors.assumed_role(stage)
    return _call(
        "iam",
        "CreateUser",
        identity,
        read_only=False,
        requestParameters=request,
        responseElements={"user": user},
    )


def attach_denied(stage: Stage) -> Content:
    request = {
        "userName": stage.actor().name,
        "policyArn": f"arn:{stage.partition}:iam::aws:policy/AdministratorAccess",
    }
    identity = actors.federated_user(stage)
    text = f"User: {identity['arn']} is not authorized to perform: iam:AttachUserPolicy"
    error = {"errorCode": "AccessDenied", "errorMessage": text}
    return _call("iam", "AttachUserPolicy", identity, read_only=False, requestParameters=request, **error)


def assume_role(stage: Stage) -> Content:
    """CloudTrail records the session token, which is a secret, in full."""
    return _assume(stage, "AssumeRole", actors.aws_service(stage))


def assume_role_across_accounts(stage: Stage) -> Content:
    """Recorded in both accounts under different event ids: the shared id tells that they are one."""
    return {**_assume(stage, "AssumeRole", actors.aws_account(stage)), "sharedEventID": stage.uuid()}


def assume_role_with_saml(stage: Stage) -> Content:
    return _assume(stage, "AssumeRoleWithSAML", actors.saml_user(stage))


def assume_role_with_web_identity(stage: Stage) -> Content:
    return _assume(stage, "AssumeRoleWithWebIdentity", actors.web_identity_user(stage))


def _assume(stage: Stage, name: str, identity: Identity) -> Content:
    arn = stage.iam_arn("role/ec2-worker")
    session = f"i-{stage.rng.getrandbits(32):08x}"
    token = "IQoJb3JpZ2luX2VjE" + stage.characters(48)
    credentials = {
        "accessKeyId": f"ASIA{stage.characters(16)}",
        "sessionToken": token,
        "expiration": "Jul 3, 2023",
    }
    role = {"accountId": stage.account_id, "type": "AWS::IAM::Role", "ARN": arn}
    request = {"roleArn": arn, "roleSessionName": session}
    response = {"credentials": credentials}
    return _call(
        "sts",
        name,
        identity,
        read_only=True,
        requestParameters=request,
        responseElements=response,
        resources=[role],
    )


def sign_in(stage: Stage) -> Content:
    return _sign_in(actors.iam_user(stage), "Success", mfa=stage.rng.choice(("Yes", "Yes", "No")))


def root_sign_in(stage: Stage) -> Content:
    return _sign_in(actors.root(stage), "Success", mfa="Yes")


def failed_sign_in(stage: Stage) -> Content:
    error = {"errorMessage": "Failed authentication"}  # sign-ins have no errorCode
    return {**_sign_in(actors.failed_sign_in(stage), "Failure", mfa="No"), **error}


def _sign_in(identity: Identity, outcome: str, *, mfa: str) -> Content:
    """A sign-in is not an API call: no readOnly from an API model, its own eventType, details on the side."""
    login_to = "https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true"
    details = {"LoginTo": login_to, "MobileVersion": "No", "MFAUsed": mfa}
    response = {"ConsoleLogin": outcome}
    tls = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"}
    content = _call("signin", "ConsoleLogin", identity, read_only=False, responseElements=response, tlsDetails=tls)
    return {**content, "additionalEventData": details, "eventType": "AwsConsoleSignIn"}


def rotate_key(stage: Stage) -> Content:
    """A thing the service did by itself: identity without a type, details instead of a request."""
    details = {"keyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}
    content = _call("kms", "RotateKey", actors.aws_internal(stage), read_only=False, serviceEventDetails=details)
    return {**content, "eventType": "AwsServiceEvent"}


def unlock_bucket(stage: Stage) -> Content:
    """What the management account does with the root user's rights, told late."""
    late = {"reason": "DELIVERY_DELAY", "updatedFields": "", "originalRequestID": "", "originalEventID": ""}
    request = {"bucketName": "acme-logs", "policy": ""}
    identity = actors.assumed_root(stage)
    return _call("s3", "DeleteBucketPolicy", identity, read_only=False, requestParameters=request, addendum=late)


def unknown_caller(stage: Stage) -> Content:
    return _call("sts", "GetCallerIdentity", actors.unknown(stage), read_only=True, errorCode="AccessDenied")


def insight(stage: Stage) -> Content:
    """Unusual activity: no one's call, so there is no identity, no source address and no request."""
    details = {
        "state": stage.rng.choice(("Start", "End")),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "insightType": "ApiCallRateInsight",
        "insightContext": {"statistics": {"baseline": {"average": 0.02}, "insight": {"average": 3.5}}},
    }
    return {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "eventType": "AwsCloudTrailInsight",
        "insightDetails": details,
        "eventCategory": "Insight",
    }


INSIGHT = Template(0.1, insight)
TEMPLATES = (
    Template(30, describe_instances),
    Template(4, run_instances),
    Template(22, decrypt),
    Template(4, list_objects),
    Template(14, list_users, is_global=True),
    Template(2, create_user, is_global=True),
    Template(2, attach_denied, is_global=True),
    Template(12, assume_role),
    Template(2, assume_role_across_accounts),
    Template(1, assume_role_with_saml, is_global=True),
    Template(1, assume_role_with_web_identity),
    Template(4, sign_in, is_global=True),
    Template(0.1, root_sign_in, is_global=True),
    Template(0.5, failed_sign_in, is_global=True),
    Template(1, rotate_key),
    Template(0.4, unknown_caller),
    Template(0.4, unlock_bucket),
)
