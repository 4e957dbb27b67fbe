"""The problems of a configuration, in sentences that say what to change.

The rules are those of the spec in manifest.yaml, and a few that JSON schema cannot express. Values are never quoted: a
secret may have been entered into the wrong field.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from aws_calls.endpoint import unusable
from source_aws_iam.aws.regions import known_regions
from source_aws_iam.aws.values import moment
from source_aws_iam.cli.json_schema import FormValidator
from source_aws_iam.config import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Session tokens have some thousand characters, and AWS documents no limit. Servers reject requests that are longer than
# this without a reason: https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
LONGEST: Final = 16_384
# These become a part of a header or of an address.
IN_ASCII: Final = frozenset({"access_key_id", "secret_access_key", "session_token", "endpoint_url"})


def problems(config: Mapping[str, Any], specification: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one. `specification` is the spec's JSON schema."""
    config = given(config)
    found = list(_against_spec(config, specification))
    if found:
        return found
    config = _without_leftovers(config, specification)
    return [
        *_texts(config, ""),
        *_credentials(config["credentials"]),
        *_accounts(config.get("accounts", {})),
        *_shards(config.get("audit_source", {})),
        *_regions(config),
        *_start_date(config),
        *_endpoint(config),
    ]


def _against_spec(config: Mapping[str, Any], specification: Mapping[str, Any]) -> Iterator[str]:
    # A oneOf that fails says only that no option is valid. So the chosen option is checked alone.
    properties = specification["properties"]
    plain = {name: field for name, field in properties.items() if "oneOf" not in field}
    yield from _against({**specification, "properties": plain}, config, "")
    for name in (name for name in properties if name in config and name not in plain):
        yield from _against_options(properties[name]["oneOf"], config[name], f"{name}.")


def _against_options(options: list[dict[str, Any]], value: Any, prefix: str) -> Iterator[str]:
    chooser, modes = _modes(options)
    chosen = value.get(chooser) if isinstance(value, dict) else None
    if chosen in modes:
        yield from _against(options[modes.index(chosen)], value, prefix)
    else:
        yield f"{prefix}{chooser} must be one of: {', '.join(modes)}."


def _modes(options: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """Return the field that distinguishes the `options`, and its value in each of them."""
    [chooser] = [name for name, field in options[0]["properties"].items() if "const" in field]
    return chooser, [option["properties"][chooser]["const"] for option in options]


def _without_leftovers(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return `value` without unknown fields, and without fields that a form has left over from other modes."""
    if "oneOf" in schema:
        chooser, modes = _modes(schema["oneOf"])
        schema = schema["oneOf"][modes.index(value[chooser])]
    fields = schema.get("properties", {})
    if isinstance(value, dict):
        return {name: _without_leftovers(member, fields[name]) for name, member in value.items() if name in fields}
    if isinstance(value, list):
        return [_without_leftovers(item, schema["items"]) for item in value]
    return value


def _against(schema: Mapping[str, Any], value: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{prefix}{name} is missing."
    for error in FormValidator({**schema, "required": []}).iter_errors(value):
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


def _texts(value: Any, path: str) -> Iterator[str]:
    """Yield the problems of texts that no pattern finds."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}.{number}")
    elif isinstance(value, str):
        name = path.rpartition(".")[2]
        if len(value) > LONGEST:
            yield f"{path} must have at most {LONGEST} characters."
        elif name in IN_ASCII and not (value.isascii() and value.isprintable()):
            yield f"{path} holds a character that AWS does not issue. Enter it again; it may have been damaged."
        elif any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            yield f"{path} holds a NUL or one half of a character (a lone surrogate). Enter it again."


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


def _shards(source: Mapping[str, Any]) -> Iterator[str]:
    if source.get("shard_index", 0) >= source.get("shard_count", 1):
        yield (
            "audit_source.shard_index must be less than audit_source.shard_count: shards are numbered from 0 on, and "
            "this one would read nothing."
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


def _endpoint(config: Mapping[str, Any]) -> Iterator[str]:
    wrong = unusable(config["endpoint_url"]) if "endpoint_url" in config else None
    if wrong:
        yield f"endpoint_url {wrong}."
