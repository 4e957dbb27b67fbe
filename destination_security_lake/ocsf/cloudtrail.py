"""A row of audit_events: the CloudTrail record in it, and the attributes that OCSF has for all events."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from destination_security_lake.ocsf.classes import VERSION, EventClass
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import account, actor
from destination_security_lake.ocsf.json_values import Json, TooDeepError, cleaned, parsed
from destination_security_lake.ocsf.results import Reason, UnmappableError
from destination_security_lake.ocsf.times import time_columns

_INTERNAL: Final = "AWS Internal"
_SERVICE: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+amazonaws\.com(?:\.cn)?")
_SUCCESS: Final = {"status_id": 1, "status": "Success"}
_FAILURE: Final = {"status_id": 2, "status": "Failure"}
# Where sign-ins tell their result, under the name of the event.
_RESULTS: Final = ("responseElements", "serviceEventDetails", "additionalEventData")


@dataclass(frozen=True)
class Event:
    """An event: what every mapping needs of it. `time` is in milliseconds since 1970."""

    record: Mapping[str, Json]
    columns: Fields
    time: int
    source: str
    name: str

    @property
    def account_id(self) -> str | None:
        """The account that received the event."""
        return Fields(self.record).text("recipientAccountId") or self.columns.text("account_id")


def event_of(columns: Fields, record: Json) -> Event:
    """Return the event of a row. `record` is its column event, and `columns` say what that may lack.

    Raise UnmappableError for a row that is no event of one call.
    """
    fields = _record(record)
    read = Fields(fields)
    if read.value("eventCategory") == "Insight":
        raise UnmappableError(Reason.INSIGHT)
    time = read.time("eventTime")
    if time is None:
        raise UnmappableError(Reason.NO_TIME)
    source = read.text("eventSource") or columns.text("event_source")
    if source is None:
        raise UnmappableError(Reason.NO_SOURCE)
    name = read.text("eventName") or columns.text("event_name")
    if name is None:
        raise UnmappableError(Reason.NO_NAME)
    return Event(fields, columns, time, source, name)


def _record(value: Json) -> Mapping[str, Json]:
    """Return the record, which warehouses and destinations may have made text of."""
    try:
        record = parsed(value) if isinstance(value, str) else cleaned(value)
    except TooDeepError:
        raise UnmappableError(Reason.TOO_DEEP) from None
    except ValueError:
        raise UnmappableError(Reason.NO_RECORD) from None
    if not isinstance(record, dict):
        raise UnmappableError(Reason.NO_RECORD)
    return record


def attributes(event: Event, record: Fields, of_class: EventClass) -> dict[str, Json]:
    """Return the attributes that events of all classes have. `record` counts what is read of the event's record."""
    # The event has them.
    record.text("eventSource")
    record.text("eventName")
    return {
        **time_columns("time", event.time),
        **(_FAILURE if _has_failed(event, record) else _SUCCESS),
        "status_code": record.text("errorCode"),
        "status_detail": record.text("errorMessage"),
        "metadata": {
            "version": VERSION,
            "uid": record.text("eventID") or event.columns.text("event_id"),
            "event_code": record.text("eventType"),
            "correlation_uid": record.text("sharedEventID"),
            "log_provider": "CloudTrail",
            "original_time": record.text("eventTime"),
            "product": {
                "name": "CloudTrail",
                "vendor_name": "AWS",
                "version": record.text("eventVersion"),
                "feature": {"name": record.text("eventCategory")},
            },
            "profiles": [*of_class.profiles],
        },
        "cloud": {
            "provider": "AWS",
            "region": record.text("awsRegion") or event.columns.text("region"),
            "account": account(record.text("recipientAccountId") or event.columns.text("account_id")),
        },
        "actor": actor(record),
        "api": _api(event, record),
        "src_endpoint": _source(record),
        "http_request": {"user_agent": record.text("userAgent")},
    }


def _has_failed(event: Event, record: Fields) -> bool:
    errors = (record.value("errorCode"), record.value("errorMessage"))
    results = (record.value(field, event.name) for field in _RESULTS)
    return any(isinstance(error, str) and error for error in errors) or "Failure" in results


def _api(event: Event, record: Fields) -> dict[str, Json]:
    request_id = record.text("requestID")
    return {
        "operation": event.name,
        "version": record.text("apiVersion"),
        "service": {"name": event.source},
        # OCSF has no request without an id. The parameters of one stay unmapped.
        "request": {"uid": request_id, "data": record.json("requestParameters")} if request_id else None,
        "response": {
            "error": record.text("errorCode"),
            "message": record.text("errorMessage"),
            "data": record.json("responseElements"),
        },
    }


def _source(record: Fields) -> dict[str, Json]:
    """Return where the request came from. A domain alone is no endpoint in OCSF 1.3.0."""
    address = record.text("sourceIPAddress")
    service = None
    if address is None and record.value("eventType") == "AwsServiceEvent":
        service = record.text("eventSource")
    elif address and (address == _INTERNAL or _SERVICE.fullmatch(address)):
        service = address
    ip = _ip(address)
    return {
        "ip": ip,
        "svc_name": service,
        "domain": service if service and service != _INTERNAL and _SERVICE.fullmatch(service) else None,
        "name": None if ip or service else address,
        "uid": record.text("vpcEndpointId"),
    }


def _ip(address: str | None) -> str | None:
    try:
        # A zone is of the machine that wrote it, and no part of an address elsewhere.
        return str(ipaddress.ip_address(address)) if address and "%" not in address else None
    except ValueError:
        return None
