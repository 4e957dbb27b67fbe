"""The problems of a configuration, in sentences that say what to change. Values are never quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.endpoint import unusable
from aws_calls.form.credentials import of_credentials
from aws_calls.form.problems import against_spec, meant, of_texts, without_leftovers
from aws_calls.form.values import given
from aws_calls.partitions import known_regions
from destination_security_lake.config.bucket_url import BadUrlError, BucketUrl
from destination_security_lake.config.sources import DEFAULT
from destination_security_lake.config.specification import spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def problems(config: Mapping[str, Any]) -> list[str]:
    """Return one sentence per problem of `config`, [] for a valid one."""
    config, form = given(config), spec()["connectionSpecification"]
    found = list(against_spec(config, form))
    if found:
        return found
    config = without_leftovers(config, form)
    return [
        *of_texts(config),
        *of_credentials(config["credentials"]),
        *_places(config),
        *_source_name(config),
        *_endpoint(config),
    ]


def _places(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of the URL and the Regions. All lie in one partition, and the bucket in one Region."""
    try:
        named = BucketUrl.of(config["url"]).region
    except BadUrlError as error:
        yield f"url {error}."
        return
    region, known = config.get("region", ""), known_regions()
    if named and region and named != region:
        yield "region is not the Region that url names. Correct one of them, or leave region empty."
        return
    regions = {"url": named, "region": region, "lake_region": config.get("lake_region", "")}
    unknown = {field: name for field, name in regions.items() if name and name not in known}
    for field, name in unknown.items():
        what = "names a Region that is none" if field == "url" else "is not a Region"
        yield f"{field} {what} of AWS{meant(name, known)}"
    if not unknown:
        yield from _partitions({field: known[name] for field, name in regions.items() if name}, config["credentials"])


def _partitions(partitions: Mapping[str, str], credentials: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each field that lies in another partition than the first. `partitions` are by field."""
    if credentials["auth_type"] == "iam_role":
        partitions = {**partitions, "credentials.role_arn": credentials["role_arn"].split(":")[1]}
    first, *others = partitions or {"url": ""}
    for field in others:
        if partitions[field] != partitions[first]:
            yield (
                f"{field} lies in the partition {partitions[field]}, but {first} in {partitions[first]}. The bucket "
                "and the role have to be in one partition."
            )


def _source_name(config: Mapping[str, Any]) -> Iterator[str]:
    if "source_name" in config and len(config.get("classes", DEFAULT)) > 1:
        yield (
            "source_name is for one class, and classes has several: Security Lake demands a source of its own for "
            "each. Choose one class, or leave source_name empty and create the sources iam-user-inventory and so on."
        )


def _endpoint(config: Mapping[str, Any]) -> Iterator[str]:
    wrong = unusable(config["endpoint_url"]) if "endpoint_url" in config else None
    if wrong:
        yield f"endpoint_url {wrong}."
