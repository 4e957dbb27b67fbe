"""IAM as a table of answers, in any order of calls. botocore checks each against its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from botocore.validate import validate_parameters

from aws_calls.clients import unsigned_session
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.reader import Reader
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.context import SYNC_CONTEXT, SyncContext

ACCOUNT_ID = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT_ID}"
DAY = "2026-01-01T00:00:00Z"
DENIED = "AccessDenied"
GONE = "NoSuchEntity"
KEY = {"auth_type": "access_key", "access_key_id": "A" * 16, "secret_access_key": "s"}
# Shared, because it takes long to load the model of IAM. Clients have event handlers of their own.
CORE = unsigned_session(identity=False)
# An answer, an AWS error code, or a function of the request that returns one of them.
Answer = Mapping[str, Any] | str | Callable[[Mapping[str, Any]], Mapping[str, Any] | str]


class Answers:
    """One account, by botocore's names of operations ("ListUsers"). `asked` is what was asked for."""

    checked = True
    """Whether answers are what botocore's model says."""
    services: Sequence[str] = ("iam", "organizations", "accessanalyzer", "cloudtrail")
    """Which services answer, in the home Region."""

    def __init__(self, table: Mapping[str, Answer], **config: Any) -> None:
        self.table = dict(table)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        settings = Settings.of({"credentials": KEY, "num_workers": 4, **config})
        clients = SourceClients(settings.options, attempts=1, core=CORE)
        self.session = Session.of_credentials(clients)
        self.context = SyncContext(
            settings, self.session, find_accounts=lambda: [AccountHandle(self.session, kept=True)]
        )
        self.config = {SYNC_CONTEXT: self.context}
        identity = {"Account": ACCOUNT_ID, "Arn": f"{IAM}:user/reader", "UserId": "AIDAREADER"}
        answered = SimpleNamespace(status_code=200), identity
        clients.client("sts", self.session.region).meta.events.register("before-call.sts", lambda **_: answered)
        for service in self.services:
            events = clients.client(service, self.session.region).meta.events
            events.register(f"before-parameter-build.{service}", self._remember)
            events.register(f"before-call.{service}", self._answer)

    @property
    def iam(self) -> Reader:
        return self.session.reader("iam")

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]

    def _remember(self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        self.asked.append((model.name, dict(params)))
        context["asked"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        answer = self.table[model.name]
        if callable(answer):
            answer = answer(context["asked"])
        if isinstance(answer, str):
            error = {"Code": answer, "Message": "no"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}
        if self.checked:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), {**_copied(answer), "ResponseMetadata": {"HTTPStatusCode": 200}}


class OddAnswers(Answers):
    """Answers that lack what AWS's model requires of them."""

    checked = False


def _copied(answer: Any) -> Any:
    """Return a copy without shared parts: botocore decodes policy documents in place."""
    if isinstance(answer, dict):
        return {name: _copied(value) for name, value in answer.items()}
    return [_copied(item) for item in answer] if isinstance(answer, list) else answer


def paged(records: str, *pages: list[Any] | str) -> Answer:
    """Answer page after page. A page that is an error code is that error."""

    def answer(request: Mapping[str, Any]) -> Mapping[str, Any] | str:
        number = int(request.get("Marker", "0"))
        page = pages[number]
        if isinstance(page, str):
            return page
        last = number + 1 == len(pages)
        return {records: page, "IsTruncated": not last, **({} if last else {"Marker": str(number + 1)})}

    return answer


def by(
    argument: str, answers: Mapping[str, Mapping[str, Any] | str], default: Mapping[str, Any] | str = GONE
) -> Answer:
    """Answer by the value of one argument."""
    return lambda request: answers.get(request[argument], default)


def details(users: Any = (), groups: Any = (), roles: Any = (), policies: Any = ()) -> Answer:
    """Answer GetAccountAuthorizationDetails as its filter wants."""
    lists = {
        "User": ("UserDetailList", users),
        "Group": ("GroupDetailList", groups),
        "Role": ("RoleDetailList", roles),
        "LocalManagedPolicy": ("Policies", policies),
    }
    return lambda request: {
        **{lists[kind][0]: list(lists[kind][1]) for kind in request["Filter"] if kind in lists},
        "IsTruncated": False,
    }


def entity(kind: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a user, group or role as lists have it."""
    prefix = {"User": "AIDA", "Group": "AGPA", "Role": "AROA"}[kind]
    return {
        "Path": "/",
        f"{kind}Name": name,
        f"{kind}Id": f"{prefix}{name.upper():0>16}",
        "Arn": f"{IAM}:{kind.lower()}/{name}",
        "CreateDate": DAY,
        **more,
    }


def user(name: str, **more: Any) -> dict[str, Any]:
    return entity("User", name, **more)


def group(name: str, **more: Any) -> dict[str, Any]:
    return entity("Group", name, **more)


def role(name: str, trust: Any = None, **more: Any) -> dict[str, Any]:
    return entity("Role", name, AssumeRolePolicyDocument=json.dumps(trust or {"Statement": []}), **more)


def key(name: str, number: int = 1, created: str = DAY, status: str = "Active") -> dict[str, Any]:
    key_id = f"AKIA{name.upper():0>15}{number}"
    return {"UserName": name, "AccessKeyId": key_id, "Status": status, "CreateDate": created}


def used(name: str, date: str | None, service: str = "s3", region: str = "eu-west-1") -> dict[str, Any]:
    """Return the answer of GetAccessKeyLastUsed."""
    last = {"ServiceName": service, "Region": region, **({"LastUsedDate": date} if date else {})}
    return {"UserName": name, "AccessKeyLastUsed": last}
