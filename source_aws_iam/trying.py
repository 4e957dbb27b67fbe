"""Trying the calls of call plans, each as cheaply as it can be.

Calls for one entity are tried with a name that nobody has: AWS looks at permissions first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.accounts.organization import NOT_IN_USE
from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome
from source_aws_iam.aws.in_time import in_time
from source_aws_iam.components.call_plan import ROWS, undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from source_aws_iam.aws.calls import Caller
    from source_aws_iam.aws.session import Session

    Plan = Mapping[str, list[list[str]]]

# Tried in every Region that it would be read in (lookups.py).
LOOKUP: Final = "cloudtrail.lookup_events"
# Members that true answers have, for the calls whose model does not require one.
_EXPECTED: Final[Mapping[str, str]] = {
    "iam.get_account_authorization_details": "IsTruncated",
    "iam.list_service_specific_credentials": "ServiceSpecificCredentials",
    LOOKUP: "Events",
}
_NOBODY: Final = "source-aws-iam-check"
# What stands in calls for one entity. Without a name, several of them would ask about the caller instead.
_ARGUMENTS: Final[Mapping[str, Any]] = {
    "UserName": _NOBODY,
    "GroupName": _NOBODY,
    "RoleName": _NOBODY,
    "PolicyName": _NOBODY,
    "PolicyArn": f"arn:{{partition}}:iam::{{account_id}}:policy/{_NOBODY}",
    "VersionId": "v1",
    "SAMLProviderArn": f"arn:{{partition}}:iam::{{account_id}}:saml-provider/{_NOBODY}",
    "OpenIDConnectProviderArn": f"arn:{{partition}}:iam::{{account_id}}:oidc-provider/{_NOBODY}",
    "ParentId": "r-none",
    "ResourceId": "000000000000",
    "MaxItems": 1,
    "MaxResults": 1,
}
_NOT_THERE: Final = frozenset(
    {
        *("NoSuchEntity", "ReportNotPresent", "ReportExpired", "ReportInProgress", "LimitExceeded"),
        *(NOT_IN_USE, "ParentNotFoundException", "TargetNotFoundException"),
    }
)
# For a key that does not exist, AWS answers as if the call were not allowed. So nobody can tell without a key.
_CANNOT_BE_TRIED: Final = frozenset({"iam.get_access_key_last_used"})


def refused(hub: Session, session: Session, plans: Collection[Plan], left: Callable[[], float]) -> dict[str, AwsError]:
    """Return the failures of all calls but LOOKUP that it takes to judge the plans, in the seconds that are left.

    Organizations is asked by the hub, everything else by `session`.
    """
    failures: dict[str, AwsError] = {}
    known = dict.fromkeys((*_CANNOT_BE_TRIED, LOOKUP), True)

    def whose(call: str) -> Session:
        return hub if _of_hub(call) else session

    while calls := undecided(plans, known):
        workers = session.settings.workers
        tried = dict(in_time(lambda call: try_call(whose(call), call), calls, workers=workers, seconds=left()))
        for call in calls:
            failure = tried[call] if call in tried else unanswered(whose(call), call)
            known[call] = failure is None
            if failure:
                failures[call] = failure
    return failures


def unreadable(session: Session, plans: Iterable[Plan]) -> AwsError | None:
    """Return None where AWS answers all that the rows of one plan take, and otherwise its first refusal.

    An account that is open answers the first call. One whose services are closed is asked for every plan.
    """
    tried: dict[str, AwsError | None] = dict.fromkeys(_CANNOT_BE_TRIED)
    for way in _ways(plans):
        for call in way:
            if call not in tried:
                tried[call] = try_call(session, call)
            if tried[call]:
                break
        else:
            return None
    return next(filter(None, tried.values()), None)


def _ways(plans: Iterable[Plan]) -> Collection[tuple[str, ...]]:
    """Return the ways to rows of one account. A way of each service comes first: a role may have that service alone."""
    ways = dict.fromkeys(tuple(way) for plan in plans for way in plan[ROWS] if way and not _of_hub(way[0]))
    first = {way[0].partition(".")[0]: way for way in reversed(ways)}
    return dict.fromkeys([*reversed(first.values()), *ways])


def _of_hub(call: str) -> bool:
    return call.startswith("organizations.")


def unanswered(session: Session, call: str) -> AwsError:
    """Return the failure of a call that there was no time to wait for."""
    target = _caller(session, call).target(call.split(".")[1])
    sentence = f"{target} gave no answer in the time that a connection test has. A sync waits longer."
    return AwsError(Outcome.LATER, sentence, code="NoAnswer", target=target)


def _caller(session: Session, call: str, region: str | None = None) -> Caller:
    service = call.partition(".")[0]
    # Where events are read, the home Region may be forbidden.
    chosen = session.settings.regions
    first = chosen[0] if service == "cloudtrail" and chosen else None
    return session.caller(service, region or first, enabled=region is not None and region not in chosen)


def try_call(session: Session, call: str, region: str | None = None) -> AwsError | None:
    """Make a call in `region`, by default where it would be made first. Return what AWS refused it with, if it did."""
    operation = call.split(".")[1]
    caller = _caller(session, call, region)
    model: Any = caller.model(operation)
    places = {"partition": session.partition, "account_id": session.account_id}
    accepted = model.input_shape.members if model.input_shape else {}
    arguments = {
        name: value.format(**places) if isinstance(value, str) else value
        for name, value in _ARGUMENTS.items()
        if name in accepted
    }
    if "AllUsers" in accepted:
        arguments = {"AllUsers": True, "MaxItems": 1}
    expect = _EXPECTED.get(call) or next(iter([*model.output_shape.required_members, *model.output_shape.members]))
    try:
        caller.call(operation, expect=expect, absent=_NOT_THERE, **arguments)
    except AbsentError:
        return None
    except AwsError as error:
        return error
    return None
