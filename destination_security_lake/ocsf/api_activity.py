"""API Activity: what an event adds that is of no other class."""

from __future__ import annotations

from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import account
from destination_security_lake.ocsf.json_values import Json


def api_activity(record: Fields) -> dict[str, Json]:
    """Return the resources. A list in which anything has no place stays unmapped as well."""
    listed = record.value("resources")
    if not isinstance(listed, list):
        return {}
    items = [Fields(item) for item in listed if isinstance(item, dict)]
    resources = [resource for item in items if (resource := _resource(item))]
    if len(resources) == len(listed) and not any(item.unmapped() for item in items):
        record.read("resources")
    return {"resources": resources or None}


def _resource(fields: Fields) -> dict[str, Json] | None:
    arn, prefix, account_id, kind = (fields.text(name) for name in ("ARN", "ARNPrefix", "accountId", "type"))
    if not (arn or prefix):
        return None
    return {"uid": arn, "name": prefix, "type": kind, "owner": {"account": account(account_id)}}
