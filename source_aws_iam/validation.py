"""What is wrong with a configuration, in sentences that a person can act on.

The rules are those of the spec in manifest.yaml, and a few that JSON schema cannot say. Values are never repeated:
whatever was typed into the wrong field may be a secret.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from source_aws_iam.aws.regions import known_regions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema import ValidationError

Schema = dict[str, Any]


def given(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return `config` without its empty texts: that is how forms and Terraform say that nothing was given."""
    return {name: given(value) if isinstance(value, dict) else value for name, value in config.items() if value != ""}


def problems(config: Mapping[str, Any], specification: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one. `specification` is the spec's JSON schema."""
    config = given(config)
    found = list(_against_spec(config, specification))
    return found or [*_credentials(config["credentials"]), *_regions(config)]


def _against_spec(config: Mapping[str, Any], specification: Mapping[str, Any]) -> Iterator[str]:
    schema: Schema = {**specification, "properties": dict(specification["properties"])}
    options = schema["properties"].pop("credentials")["oneOf"]
    for error in Draft7Validator(schema).iter_errors(config):
        yield _sentence(error, "")
    credentials = config.get("credentials")
    if credentials is None:
        return
    modes = {option["properties"]["auth_type"]["const"]: option for option in options}
    if not isinstance(credentials, dict) or credentials.get("auth_type") not in modes:
        yield f"credentials.auth_type must be one of: {', '.join(modes)}."
        return
    for error in Draft7Validator(modes[credentials["auth_type"]]).iter_errors(credentials):
        yield _sentence(error, "credentials.")


def _sentence(error: ValidationError, prefix: str) -> str:
    schema: Any = error.schema
    field = prefix + ".".join(str(part) for part in error.absolute_path)
    limit: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        missing = next(name for name in limit if name not in instance)
        return f"{prefix}{missing} is missing."
    rules = {
        "pattern": f"must look like this: {schema.get('pattern_descriptor', limit)}",
        "minLength": f"must have at least {limit} characters",
        "maxLength": f"must have at most {limit} characters",
        "minimum": f"must be at least {limit}",
        "maximum": f"must be at most {limit}",
        "type": f"must be of type {limit}",
        "uniqueItems": "must not name anything twice",
    }
    return f"{field} {rules[str(error.validator)]}."


def _credentials(credentials: Mapping[str, Any]) -> Iterator[str]:
    key, secret, token = (credentials.get(name) for name in ("access_key_id", "secret_access_key", "session_token"))
    if bool(key) != bool(secret):
        yield "credentials.access_key_id and credentials.secret_access_key belong together: enter both or neither."
    if token and not key:
        yield "credentials.session_token needs the access_key_id and secret_access_key that were issued with it."
    if key and key.startswith("ASIA") and not token:
        yield "credentials.access_key_id is that of a temporary key (ASIA…), which needs its credentials.session_token."


def _regions(config: Mapping[str, Any]) -> Iterator[str]:
    known = known_regions()
    region = config.get("region") or "us-east-1"
    if region not in known:
        yield f"region is not a Region of AWS{_meant(region, known)}"
        return
    partition = known[region]
    role_arn = config["credentials"].get("role_arn")
    if role_arn and role_arn.split(":")[1] != partition:
        yield (
            f"credentials.role_arn lies in the partition {role_arn.split(':')[1]}, but region {region} in {partition}. "
            "Choose a region of the role's partition."
        )
    for number, name in enumerate(config.get("regions") or ()):
        if known.get(name, partition) != partition:
            yield f"regions.{number} ({name}) lies in the partition {known[name]}, but region {region} in {partition}."
        elif name not in known:
            yield f"regions.{number} ({name}) is not a Region of AWS{_meant(name, known)}"


def _meant(name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name, known)
    return f"; did you mean {' or '.join(near)}?" if near else "."
