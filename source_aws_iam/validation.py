"""What is wrong with a configuration, in sentences that a person can act on.

The rules are those of the spec in manifest.yaml, and a few that JSON schema cannot say. Values are never repeated:
whatever was typed into the wrong field may be a secret.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, ValidationError, validators

from source_aws_iam.aws.regions import known_regions
from source_aws_iam.aws.values import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def given(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return `config` without empty texts and nulls: that is how forms and Terraform say that nothing was given."""
    return {name: _given(value) for name, value in config.items() if value not in ("", None)}


def _given(value: Any) -> Any:
    if isinstance(value, list):
        return [_given(item) for item in value]
    return given(value) if isinstance(value, dict) else value


def problems(config: Mapping[str, Any], specification: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one. `specification` is the spec's JSON schema."""
    config = given(config)
    found = list(_against_spec(config, specification))
    return found or [
        *_credentials(config["credentials"]),
        *_accounts(config.get("accounts", {})),
        *_regions(config),
        *_start_date(config),
    ]


def _against_spec(config: Mapping[str, Any], specification: Mapping[str, Any]) -> Iterator[str]:
    # A oneOf that fails says only that no option fits. So the chosen option is checked on its own.
    properties = specification["properties"]
    plain = {name: field for name, field in properties.items() if "oneOf" not in field}
    yield from _against({**specification, "properties": plain}, config, "")
    for name in (name for name in properties if name in config and name not in plain):
        yield from _against_options(properties[name]["oneOf"], config[name], f"{name}.")


def _against_options(options: list[dict[str, Any]], value: Any, prefix: str) -> Iterator[str]:
    [chooser] = [name for name, field in options[0]["properties"].items() if "const" in field]
    modes = [option["properties"][chooser]["const"] for option in options]
    chosen = value.get(chooser) if isinstance(value, dict) else None
    if chosen in modes:
        yield from _against(options[modes.index(chosen)], value, prefix)
    else:
        yield f"{prefix}{chooser} must be one of: {', '.join(modes)}."


def _against(schema: Mapping[str, Any], value: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{prefix}{name} is missing."
    for error in _Validator({**schema, "required": []}).iter_errors(value):
        yield from _sentences(error, prefix)


def _sentences(error: Any, prefix: str) -> Iterator[str]:
    path = prefix + ".".join(map(str, error.absolute_path))
    if error.validator == "required":  # of an item of a list
        yield from (f"{path}.{name} is missing." for name in error.validator_value if name not in error.instance)
    else:
        yield f"{path} {_rule(error)}."


def _rule(error: Any) -> str:
    limit = error.validator_value
    rules = {
        "pattern": f"must look like this: {error.schema.get('pattern_descriptor', limit)}",
        "minLength": f"must have at least {limit} characters",
        "maxLength": f"must have at most {limit} characters",
        "minimum": f"must be at least {limit}",
        "maximum": f"must be at most {limit}",
        "type": f"must be of type {limit}",
        "minItems": f"must have at least {limit} item",
        "uniqueItems": "must not name anything twice",
        "enum": f"must be one of: {', '.join(map(str, limit))}" if isinstance(limit, list) else "",
    }
    return rules[error.validator]


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Hold `value` to `pattern` as JavaScript does: Python's $ lets a line break pass that was pasted along."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError("pattern")


_extend: Any = validators.extend
_Validator = _extend(Draft7Validator, {"pattern": _pattern})


def _credentials(credentials: Mapping[str, Any]) -> Iterator[str]:
    key, secret, token = (credentials.get(name) for name in ("access_key_id", "secret_access_key", "session_token"))
    if bool(key) != bool(secret):
        yield "credentials.access_key_id and credentials.secret_access_key belong together: enter both or neither."
    if token and not key:
        yield "credentials.session_token needs the access_key_id and secret_access_key that were issued with it."
    if key and key.startswith("ASIA") and not token:
        yield "credentials.access_key_id is that of a temporary key (ASIA…), which needs its credentials.session_token."


def _accounts(accounts: Mapping[str, Any]) -> Iterator[str]:
    first: dict[str, int] = {}
    for number, entry in enumerate(accounts.get("roles", ())):
        earlier = first.setdefault(entry["role_arn"].split(":")[4], number)
        if earlier != number:
            yield (
                f"accounts.roles.{number}.role_arn is in the same account as accounts.roles.{earlier}.role_arn. "
                "Enter one role for each account."
            )


def _regions(config: Mapping[str, Any]) -> Iterator[str]:
    known = known_regions()
    credentials, region = config["credentials"], config.get("region", "us-east-1")
    if region not in known:
        yield f"region is not a Region of AWS{_meant(region, known)}"
        return
    partition = known[region]
    roles = {"credentials.role_arn": credentials["role_arn"]} if credentials["auth_type"] == "iam_role" else {}
    for number, entry in enumerate(config.get("accounts", {}).get("roles", ())):
        roles[f"accounts.roles.{number}.role_arn"] = entry["role_arn"]
    for field, arn in roles.items():
        role_partition = arn.split(":")[1]
        if role_partition != partition:
            yield (
                f"{field} lies in the partition {role_partition}, but region {region} in {partition}. "
                "Choose a region of the role's partition."
            )
    for number, name in enumerate(config.get("regions", ())):
        if known.get(name, partition) != partition:
            yield f"regions.{number} ({name}) lies in the partition {known[name]}, but region {region} in {partition}."
        elif name not in known:
            yield f"regions.{number} ({name}) is not a Region of AWS{_meant(name, known)}"


def _meant(name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name, known)
    return f"; did you mean {' or '.join(near)}?" if near else "."


def _start_date(config: Mapping[str, Any]) -> Iterator[str]:
    try:
        moment(config.get("start_date", "2000-01-01T00:00:00Z"))
    except ValueError:
        yield "start_date is not a date and time that exists."
