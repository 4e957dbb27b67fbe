"""The columns of a row of each class: their order, and the types that Security Lake's own tables give them.

A row has no other columns, and each of them only where there is a value. Times are in milliseconds, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    GROUP_MANAGEMENT,
    USER_ACCESS,
    USER_INVENTORY,
    EventClass,
)
from destination_security_lake.ocsf.json_values import Json


class Scalar(Enum):
    """A type without parts."""

    STRING = "string"
    INT32 = "int32"
    INT64 = "int64"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp(ms, UTC)"
    STRING_MAP = "map<string, string>"


@dataclass(frozen=True)
class Struct:
    """An object: {name: type}, in order."""

    fields: Mapping[str, Column]


@dataclass(frozen=True)
class ListOf:
    """A list."""

    item: Column


Column = Scalar | Struct | ListOf

_TEXT, _INT32, _INT64, _BOOLEAN = Scalar.STRING, Scalar.INT32, Scalar.INT64, Scalar.BOOLEAN


def _texts(*names: str) -> dict[str, Column]:
    return dict.fromkeys(names, _TEXT)


def _time(name: str) -> dict[str, Column]:
    return {name: _INT64, f"{name}_dt": Scalar.TIMESTAMP}


_TYPE: Final[Mapping[str, Column]] = {"type": _TEXT, "type_id": _INT32}
_ACCOUNT: Final = Struct({"uid": _TEXT, **_TYPE})
_USER: Final[Mapping[str, Column]] = {**_texts("uid", "uid_alt", "name"), **_TYPE, "account": _ACCOUNT}
_TARGET: Final = Struct(_USER)
# Of these a record has the name alone, or the id.
_NAMED: Final = Struct({"name": _TEXT, **_TYPE, "account": _ACCOUNT})
_IDENTIFIED: Final = Struct({**_texts("uid", "uid_alt"), **_TYPE})
_GROUP: Final = Struct(_texts("uid", "name"))
_SESSION: Final = Struct(
    {**_texts("issuer", "uid_alt"), **_time("created_time"), "is_mfa": _BOOLEAN},
)
_ACTOR: Final = Struct(
    {
        "user": Struct({**_USER, "credential_uid": _TEXT}),
        "session": _SESSION,
        "idp": Struct(_texts("uid", "name")),
        **_texts("app_name", "invoked_by"),
    }
)
_PRODUCT: Final = Struct({**_texts("name", "vendor_name", "version"), "feature": Struct(_texts("name"))})
_CLOUD: Final = Struct({**_texts("provider", "region"), "account": _ACCOUNT})
_HEAD: Final[Mapping[str, Column]] = {
    "activity_id": _INT32,
    "activity_name": _TEXT,
    "category_uid": _INT32,
    "category_name": _TEXT,
    "class_uid": _INT32,
    "class_name": _TEXT,
    "type_uid": _INT64,
    "type_name": _TEXT,
    "severity_id": _INT32,
    "severity": _TEXT,
    **_time("time"),
}
_STATUS: Final[Mapping[str, Column]] = {"status_id": _INT32, **_texts("status", "status_code", "status_detail")}
_METADATA: Final = {**_texts("version", "uid", "event_code", "correlation_uid", "log_provider", "original_time")}
_API: Final = Struct(
    {
        **_texts("operation", "version"),
        "service": Struct(_texts("name")),
        "request": Struct(_texts("uid", "data")),
        "response": Struct(_texts("error", "message", "data")),
    }
)
_TAIL: Final[Mapping[str, Column]] = {"unmapped": Scalar.STRING_MAP}
_EVENT: Final[Mapping[str, Column]] = {
    **_HEAD,
    **_STATUS,
    "metadata": Struct({**_METADATA, "product": _PRODUCT, "profiles": ListOf(_TEXT)}),
    "cloud": _CLOUD,
    "actor": _ACTOR,
    "api": _API,
    "src_endpoint": Struct(_texts("ip", "svc_name", "domain", "name", "uid")),
    "http_request": Struct(_texts("user_agent")),
}
_OWNER: Final = Struct({"account": _ACCOUNT})
_NEW_SESSION: Final = Struct({**_texts("uid", "uid_alt", "credential_uid"), **_time("expiration_time")})
_ASSIGNMENT: Final[Mapping[str, Column]] = {
    "privileges": ListOf(_TEXT),
    "resource": Struct(_texts("uid", "type")),
}

COLUMNS: Final[Mapping[EventClass, Mapping[str, Column]]] = {
    API_ACTIVITY: {**_EVENT, "resources": ListOf(Struct({**_texts("uid", "name", "type"), "owner": _OWNER})), **_TAIL},
    AUTHENTICATION: {
        **_EVENT,
        "user": _TARGET,
        "service": Struct(_texts("name")),
        "dst_endpoint": Struct(_texts("svc_name")),
        "session": _NEW_SESSION,
        "is_mfa": _BOOLEAN,
        "auth_protocol_id": _INT32,
        "auth_protocol": _TEXT,
        **_TAIL,
    },
    ACCOUNT_CHANGE: {
        **_EVENT,
        "user": _TARGET,
        "user_result": _NAMED,
        "policy": Struct(_texts("uid", "name")),
        **_TAIL,
    },
    GROUP_MANAGEMENT: {**_EVENT, "group": _GROUP, "user": _NAMED, **_ASSIGNMENT, **_TAIL},
    USER_ACCESS: {**_EVENT, "user": _IDENTIFIED, **_ASSIGNMENT, **_TAIL},
    USER_INVENTORY: {
        **_HEAD,
        "metadata": Struct(
            {"version": _TEXT, "product": Struct(_texts("name", "vendor_name")), "profiles": ListOf(_TEXT)}
        ),
        "cloud": Struct({"provider": _TEXT, "account": _ACCOUNT}),
        "actor": Struct(_texts("app_name")),
        "user": Struct({**_USER, **_texts("full_name", "email_addr", "domain"), "groups": ListOf(_GROUP)}),
        **_TAIL,
    },
}


def arranged(columns: Mapping[str, Column], values: Mapping[str, Json]) -> dict[str, Json]:
    """Return the values in the order of the columns, without null, empty text and empty objects. Empty lists stay.

    Raise KeyError for a value that has no column, which is a bug.
    """
    for name in values:
        columns[name]
    found = ((name, _arranged(column, values.get(name))) for name, column in columns.items())
    return {name: value for name, value in found if value is not None}


def _arranged(column: Column, value: Json) -> Json:
    if value in (None, "", {}):
        return None
    if isinstance(column, Struct):
        return arranged(column.fields, value) or None
    if isinstance(column, ListOf):
        return [_arranged(column.item, item) for item in value]
    return value
