"""The problems of a configuration, in sentences that say what to change.

The rules are those of the spec in manifest.yaml, and a few that JSON schema cannot express. Values are never quoted: a
secret may have been entered into the wrong field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.endpoint import unusable
from aws_calls.form.credentials import of_credentials
from aws_calls.form.problems import against_spec, meant, of_texts, without_leftovers
from aws_calls.form.values import given
from aws_calls.partitions import known_regions
from source_aws_iam.aws.values import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def problems(config: Mapping[str, Any], specification: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one. `specification` is the spec's JSON schema."""
    config = given(config)
    found = list(against_spec(config, specification))
    if found:
        return found
    config = without_leftovers(config, specification)
    return [
        *of_texts(config),
        *of_credentials(config["credentials"]),
        *_accounts(config.get("accounts", {})),
        *_shards(config.get("audit_source", {})),
        *_regions(config),
        *_start_date(config),
        *_endpoint(config),
    ]


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
        yield f"region is not a Region of AWS{meant(region, known)}"
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
            yield f"regions.{number} ({name}) is not a Region of AWS{meant(name, known)}"


def _start_date(config: Mapping[str, Any]) -> Iterator[str]:
    try:
        moment(config.get("start_date", "2000-01-01T00:00:00Z"))
    except ValueError:
        yield "start_date is not a date and time that exists."


def _endpoint(config: Mapping[str, Any]) -> Iterator[str]:
    wrong = unusable(config["endpoint_url"]) if "endpoint_url" in config else None
    if wrong:
        yield f"endpoint_url {wrong}."
