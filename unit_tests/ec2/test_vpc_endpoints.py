"""ec2_vpc_endpoints: a policy is an object, or it is kept as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.aws.nesting import DEEPEST
from unit_tests.ec2.ec2_region import Ec2Region, ec2_region

# What XML can carry, and what its readers leave as it is.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
POLICIES = TEXTS | JSON.map(json.dumps) | st.dictionaries(TEXTS, JSON, max_size=3).map(json.dumps)


# One for the module: nothing of it outlives the next `plant`.
@pytest.fixture(scope="module")
def region() -> Iterator[Ec2Region]:
    with ec2_region(page_cap=2) as served:
        yield served


def endpoint(number: int, **more: Any) -> dict[str, Any]:
    return {"VpcEndpointId": f"vpce-{number}", "VpcEndpointType": "Interface", **more}


def policies(region: Ec2Region, *texts: str) -> list[tuple[Any, Any]]:
    """Return (policy_document, document_text) of endpoints with these policies."""
    region.plant("VpcEndpoints", *(endpoint(number, PolicyDocument=text) for number, text in enumerate(texts)))
    rows = region.rows("ec2_vpc_endpoints")
    assert [row["vpc_endpoint_id"] for row in rows] == [f"vpce-{number}" for number in range(len(texts))]
    return [(row["policy_document"], row["document_text"]) for row in rows]


def test_a_policy_is_an_object_whose_keys_are_as_the_author_wrote_them(region: Ec2Region) -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1", "PrefixListId": "pl-1"}}
    policy = {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Condition": condition}]}
    assert policies(region, json.dumps(policy), json.dumps(policy, indent=2)) == [(policy, None), (policy, None)]


@pytest.mark.parametrize("text", ["no policy", "{cut", '["a", "list"]', "12", "null", '"x"', '{"a": 1} {"b": 2}'])
def test_a_policy_that_is_no_object_is_text_and_takes_no_other_along(text: str, region: Ec2Region) -> None:
    assert policies(region, text, "{}") == [(None, text), ({}, None)]


def test_a_policy_that_nests_deeper_than_loaders_allow_is_text(region: Ec2Region) -> None:
    deepest = '{"a":' * DEEPEST + "1" + "}" * DEEPEST
    deeper = f'{{"a":{deepest}}}'
    assert policies(region, deepest, deeper) == [(json.loads(deepest), None), (None, deeper)]


def test_an_endpoint_without_a_policy_has_neither(region: Ec2Region) -> None:
    region.plant("VpcEndpoints", endpoint(0), endpoint(1, PolicyDocument=""), {"State": "Deleted"})
    rows = region.rows("ec2_vpc_endpoints")
    assert [(row["policy_document"], row["document_text"]) for row in rows] == [(None, None)] * 3
    assert rows[2]["vpc_endpoint_id"].startswith("without-id-")


@given(st.lists(POLICIES.filter(bool), max_size=4))
def test_whatever_the_policy_says_is_in_one_of_the_two_columns(region: Ec2Region, texts: list[str]) -> None:
    for text, (document, odd) in zip(texts, policies(region, *texts), strict=True):
        assert (document is None) != (odd is None)
        assert odd in (None, text)
        assert document is None or document == json.loads(text)
