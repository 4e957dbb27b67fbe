"""The queries of LookupEvents, and the names under which the state keeps their progress.

LookupEvents takes one attribute per call
(https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html). A selection is therefore one
query or several, each with a cursor of its own: what is complete for one of them says nothing about another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.cloudtrail.feed import ALL, INSIGHTS
from source_aws_iam.cloudtrail.record.fields import as_boolean

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.history.event import Event
    from source_aws_iam.config import EventSelection

# The services of identities, sign-ins and permissions.
IDENTITY_SOURCES: Final = (
    "iam.amazonaws.com",
    "sts.amazonaws.com",
    "signin.amazonaws.com",
    "sso.amazonaws.com",
    "sso-oauth.amazonaws.com",
    "sso-directory.amazonaws.com",
    "identitystore.amazonaws.com",
    "organizations.amazonaws.com",
    "access-analyzer.amazonaws.com",
)


@dataclass(frozen=True)
class Query:
    """One listing of LookupEvents. `name` is its name in the state. `writes_only` is filtered here, and not by AWS."""

    name: str
    attribute: tuple[str, str] | None = None
    insights: bool = False
    writes_only: bool = False

    @property
    def request(self) -> dict[str, Any]:
        """The parameters that make AWS list these events."""
        if self.insights:
            return {"EventCategory": "insight"}
        if self.attribute is None:
            return {}
        key, value = self.attribute
        return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}

    def wants(self, event: Event) -> bool:
        """Return whether `event`, which AWS listed, was asked for. An event without ReadOnly is kept."""
        return not (self.writes_only and as_boolean(event.listed.get("ReadOnly")))


def queries(selection: EventSelection) -> dict[str, Query]:
    """Return the queries of a selection by name. No event belongs to two of them."""
    found = [*_management(selection)]
    if selection.insights:
        found.append(Query(INSIGHTS, insights=True))
    return {query.name: query for query in found}


def _management(selection: EventSelection) -> list[Query]:
    if selection.mode == "write_only":
        return [_query(("ReadOnly", "false"))]
    if selection.mode == "identity":
        return [
            _query(("EventSource", source), writes_only=not selection.include_read_only) for source in IDENTITY_SOURCES
        ]
    if selection.mode == "attribute":
        return [_query((selection.attribute_key, selection.attribute_value))]
    return [Query(ALL)]


def _query(attribute: tuple[str, str], *, writes_only: bool = False) -> Query:
    name = "=".join(attribute)
    return Query(f"{name} without read-only" if writes_only else name, attribute, writes_only=writes_only)
