"""IAM Access Analyzer of one Region of an account. `Cloud.analyzers` has what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.server.analyzer import Analyzer
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import NOT_SERVED, AwsError
from embedded_aws.server.paging import digest, seal, unseal
from embedded_aws.server.principals import Principal

_LARGEST = 100
_PAGING = {"maxResults", "nextToken"}
_SUMMARY = (
    *("analyzedAt", "createdAt", "error", "id", "resource", "resourceType", "resourceOwnerAccount", "status"),
    *("updatedAt", "findingType"),
)


def list_analyzers(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return those of the Region, by name."""
    wanted = call.params.get("type")
    found = [analyzer.summary for analyzer in _analyzers(cloud, call, caller)]
    shown, more = _page(call, {one["name"]: one for one in found if wanted in (None, one["type"])})
    return {"analyzers": shown, **more}


def list_findings(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return those of an analyzer, by id, without their details."""
    if "filter" in call.params or "sort" in call.params:
        raise NOT_SERVED.to(call.protocol)
    findings = {finding["id"]: finding for finding in _named(cloud, call, caller).findings}
    shown, more = _page(call, findings)
    return {"findings": [{name: one[name] for name in _SUMMARY if name in one} for one in shown], **more}


def get_finding(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return one finding, with one page of its details."""
    finding_id = call.params["id"]
    for finding in _named(cloud, call, caller).findings:
        if finding["id"] == finding_id:
            numbered = {f"{number:06}": one for number, one in enumerate(finding["findingDetails"])}
            shown, more = _page(call, numbered)
            return {**finding, "findingDetails": shown, **more}
    raise AwsError("ResourceNotFoundException", f"Finding {finding_id} not found.", 404)


def _analyzers(cloud: Cloud, call: Call, caller: Principal) -> Iterable[Analyzer]:
    return cloud.analyzers.get((caller.account_id, call.region), [])


def _named(cloud: Cloud, call: Call, caller: Principal) -> Analyzer:
    arn = call.params["analyzerArn"]
    for analyzer in _analyzers(cloud, call, caller):
        if analyzer.summary["arn"] == arn:
            return analyzer
    raise AwsError("ResourceNotFoundException", f"Analyzer {arn} not found.", 404)


def _page(call: Call, items: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    """Return the items of the page that the call asks for, and the token if more pages follow.

    A token names the last item seen, so that what comes or goes between two pages neither repeats nor hides another.
    """
    size = int(call.params.get("maxResults", _LARGEST))
    if not 1 <= size <= _LARGEST:
        raise AwsError("ValidationException", f"maxResults must be 1 to {_LARGEST}.")
    purpose = digest(call, _PAGING)
    token: Any = unseal(call.params["nextToken"]) if "nextToken" in call.params else [purpose, ""]
    if not isinstance(token, list) or token[:1] != [purpose]:
        raise AwsError("ValidationException", "The nextToken is not one of this request.")
    behind = sorted(name for name in items if name > token[1])
    shown = behind[:size]
    more = {"nextToken": seal([purpose, shown[-1]])} if len(behind) > size else {}
    return [items[name] for name in shown], more
