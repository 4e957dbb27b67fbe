"""Embedded AWS in the place of AWS: it agrees with itself, and where it is told to answer otherwise, that is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from contract.__main__ import RECORDED
from contract.comparison import Comparison, compare
from contract.embedded import without_quotas
from contract.learning import COMPARED, Learned, learn
from contract.models import operation_model
from contract.recording import read, written
from contract.tests.test_redaction import vocabulary
from embedded_aws import Answer, Call, EmbeddedAws, Fault
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.config import Settings

NOT_OF_MODEL = "a value that botocore's model does not list"


def asked(aws: EmbeddedAws, *operations: str, **config: Any) -> Learned:
    return learn(without_quotas(Settings.of(aws.config(**config))), operations or [*OPERATIONS])


def compared(aws: EmbeddedAws, *operations: str) -> Comparison:
    operations = operations or tuple(OPERATIONS)
    return compare(asked(aws, *operations).recording, read(RECORDED), operations)


def told(aws: EmbeddedAws, *operations: str) -> list[str]:
    """The differences, without what is to be done about them."""
    return [sentence.rpartition(": ")[0] for sentence in compared(aws, *operations).differences]


def body(change: Callable[[bytes], bytes]) -> Callable[[Call, Answer], Answer]:
    return lambda _, answer: Answer(answer.status, change(answer.body), answer.headers)


def replaced(pattern: bytes, instead: bytes) -> Callable[[Call, Answer], Answer]:
    return body(lambda text: re.sub(pattern, instead, text))


def test_embedded_aws_agrees_with_itself(aws: EmbeddedAws) -> None:
    found = compared(aws)
    assert found.differences == []
    assert found.compared == [*COMPARED]
    assert found.denied == found.passing == []


def test_it_costs_few_requests_and_makes_none_that_is_not_in_the_table(aws: EmbeddedAws) -> None:
    asked(aws)
    allowed = {OPERATIONS[name].action for name in COMPARED}
    assert {action for _, _, action in aws.requests} == allowed
    count = {action: requests for (_, _, action), requests in aws.requests.items()}
    # Two pages of each kind of what it lists, and one more.
    assert count.pop("iam:GetAccountAuthorizationDetails") == 10
    assert count["cloudtrail:LookupEvents"] == 2
    # One user who is there, and one whom nobody has.
    assert count["iam:GetUser"] == 2
    assert max(count.values()) <= 4


def test_asking_twice_writes_the_same_file_and_no_word_of_what_is_in_the_account(aws: EmbeddedAws) -> None:
    words: set[bytes] = set()

    def overhear(_: Call, answer: Answer) -> Answer:
        texts = re.findall(rb'>([^<>]+)<|"([^"]*)"(?!:)', answer.body)
        words.update(word for pair in texts for text in pair for word in re.split(rb"[^A-Za-z0-9+/=._@-]+", text))
        return answer

    aws.rewrite("*", overhear)
    first, second = (written(asked(aws).recording) for _ in range(2))
    assert first == second
    secrets = {aws.base_key.secret_access_key, *(key.session_token for key in aws.sessions.issued())}
    secrets |= {key.secret_access_key for key in aws.sessions.issued()} | {aws.external_id}
    assert not [secret for secret in secrets if secret and secret in first]
    # The rest are words of AWS's models, and of placeholders.
    kept = {word.decode() for word in words if len(word) >= 6 and re.search(rf"\b{re.escape(word.decode())}\b", first)}
    of_models = {word for name in OPERATIONS for word in vocabulary(operation_model(name).output_shape)}
    codes = {
        code for declared in OPERATIONS.values() if declared.probe for code in declared.absent | declared.probe.absent
    }
    of_arns = {"organizations", "organization", "account", "policy", "assumed-role", "saml-provider", "oidc-provider"}
    # What stands for a time has its form, such as milliseconds.
    assert kept <= of_models | codes | of_arns | {"123456789012", "us-east-1", "00.000Z"}


def test_a_difference_says_what_to_do_in_which_file(aws: EmbeddedAws) -> None:
    aws.rewrite("iam:ListUsers", replaced(b"<Path>[^<]*</Path>", b"<Tags><member><Key>a</Key></member></Tags>"))
    missing = "AWS has Tags in Users[], embedded AWS does not: add it in embedded_aws/server/iam_lists.py."
    more = "embedded AWS always has Path in Users[], AWS does not: leave it out in embedded_aws/server/iam_lists.py."
    assert compared(aws, "iam.list_users").differences == [f"iam.list_users: {missing}", f"iam.list_users: {more}"]


def test_a_member_that_the_model_does_not_have_is_told_without_its_name(aws: EmbeddedAws) -> None:
    aws.rewrite("iam:GetUser", replaced(b"</Arn>", b"</Arn><Somebody>ana</Somebody>"))
    assert compared(aws, "iam.get_user").differences == [
        "iam.get_user: AWS has a member in User that botocore does not know: update boto3, and ask again."
    ]


@pytest.mark.parametrize("member", ["IsTruncated", "UserId"])
def test_a_member_that_is_removed_is_named(member: str, aws: EmbeddedAws) -> None:
    aws.rewrite("iam:ListUsers", replaced(f"<{member}>[^<]*</{member}>".encode(), b""))
    [sentence] = told(aws, "iam.list_users")
    place = {"IsTruncated": "IsTruncated", "UserId": "UserId in Users[]"}[member]
    assert sentence == f"iam.list_users: embedded AWS always has {place}, AWS does not"


def test_what_aws_leaves_out_where_embedded_aws_sometimes_does_is_no_difference(aws: EmbeddedAws) -> None:
    aws.rewrite("iam:ListUsers", replaced(b"<PasswordLastUsed>[^<]*</PasswordLastUsed>", b""))
    assert told(aws, "iam.list_users") == []


@pytest.mark.parametrize(
    ("operation", "pattern", "instead", "sentence"),
    [
        (
            "organizations.list_accounts",
            rb'"JoinedTimestamp": [\d.]+',
            b'"JoinedTimestamp": "yesterday"',
            "JoinedTimestamp in Accounts[] is text that is no time at AWS, and a number at embedded AWS",
        ),
        (
            "organizations.list_accounts",
            rb'"JoinedMethod": "\w+"',
            b'"JoinedMethod": "SOMEHOW"',
            f"JoinedMethod in Accounts[] is {NOT_OF_MODEL} at AWS, and text at embedded AWS",
        ),
        (
            "cloudtrail.lookup_events",
            rb'"Resources": \[[^]]*\]',
            b'"Resources": null',
            "Resources in Events[] is null at AWS, and a list at embedded AWS",
        ),
        (
            "iam.list_users",
            b"<CreateDate>[^<]*</CreateDate>",
            b"<CreateDate>yesterday</CreateDate>",
            "CreateDate in Users[] is text that is no time at AWS, and text at embedded AWS",
        ),
        (
            "iam.list_roles",
            b"<MaxSessionDuration>[^<]*</MaxSessionDuration>",
            b"<MaxSessionDuration>long</MaxSessionDuration>",
            "MaxSessionDuration in Roles[] is text at AWS, and a number at embedded AWS",
        ),
        (
            "iam.get_user",
            b"<Arn>[^<]*</Arn>",
            b"<Arn><Part>a</Part></Arn>",
            "Arn in User is a structure at AWS, and text at embedded AWS",
        ),
        (
            "iam.list_groups",
            b"<Marker>[^<]*</Marker>",
            b"<Marker><Page>2</Page></Marker>",
            "Marker is a structure at AWS, and text at embedded AWS",
        ),
        (
            "iam.get_account_summary",
            b"</GetAccountSummaryResponse>",
            b"",
            "the answer is text at AWS, and a structure at embedded AWS",
        ),
    ],
)
def test_another_type_is_named(aws: EmbeddedAws, operation: str, pattern: bytes, instead: bytes, sentence: str) -> None:
    aws.rewrite(OPERATIONS[operation].action, replaced(pattern, instead))
    assert told(aws, operation) == [f"{operation}: {sentence}"]


def test_another_error_code_and_another_status_for_an_entity_that_nobody_has_are_named(aws: EmbeddedAws) -> None:
    def as_bad_request(_: Call, answer: Answer) -> Answer:
        return Answer(400, answer.body, answer.headers) if answer.status == 404 else answer

    aws.rewrite("iam:GetGroup", replaced(b"NoSuchEntity", b"ValidationError"))
    aws.rewrite("iam:GetRole", as_bad_request)
    of = "of an entity that nobody has, AWS answers"
    assert told(aws, "iam.get_group", "iam.get_role") == [
        f"iam.get_group: {of} ValidationError (HTTP 404), embedded AWS NoSuchEntity (HTTP 404)",
        f"iam.get_role: {of} NoSuchEntity (HTTP 400), embedded AWS NoSuchEntity (HTTP 404)",
    ]


def test_that_aws_knows_an_entity_that_nobody_has_is_named(aws: EmbeddedAws) -> None:
    empty = b"<ListGroupsForUserResponse><ListGroupsForUserResult><IsTruncated>false</IsTruncated><Groups/>"
    end = b"</ListGroupsForUserResult></ListGroupsForUserResponse>"
    aws.rewrite("iam:ListGroupsForUser", lambda _, answer: Answer(200, empty + end, answer.headers))
    [sentence] = told(aws, "iam.list_groups_for_user")
    answers = "AWS answers with success (HTTP 200), embedded AWS NoSuchEntity (HTTP 404)"
    assert sentence == f"iam.list_groups_for_user: of an entity that nobody has, {answers}"


def test_that_aws_refuses_the_smallest_page_is_named(aws: EmbeddedAws) -> None:
    error = b"<ErrorResponse><Error><Code>ValidationError</Code><Message>ana</Message></Error></ErrorResponse>"
    aws.rewrite("iam:ListGroups", lambda _, answer: Answer(400, error, answer.headers))
    [sentence] = told(aws, "iam.list_groups")
    refusal = "AWS answers ValidationError (HTTP 400), embedded AWS with success"
    assert sentence == f"iam.list_groups: asked for the first page, {refusal}"


def test_that_aws_says_with_another_status_that_there_is_none_is_named(aws: EmbeddedAws) -> None:
    error = b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>ana</Message></Error></ErrorResponse>"
    aws.rewrite("iam:GetAccountPasswordPolicy", lambda _, answer: Answer(410, error, answer.headers))
    [sentence] = told(aws, "iam.get_account_password_policy")
    refusal = "AWS answers NoSuchEntity (HTTP 410), embedded AWS NoSuchEntity (HTTP 404)"
    assert sentence == f"iam.get_account_password_policy: asked for the whole answer, {refusal}"


def test_a_page_that_is_larger_than_it_was_to_be_is_named(aws: EmbeddedAws) -> None:
    def twice(text: bytes) -> bytes:
        found = re.search(b"<member>.*</member>", text, re.DOTALL)
        return text.replace(found[0], found[0] * 2) if found else text

    aws.rewrite("iam:ListGroups", body(twice))
    assert told(aws, "iam.list_groups") == [
        "iam.list_groups: AWS gives more items than a page was to have, embedded AWS does not"
    ]


def test_a_header_that_is_missing_is_named(aws: EmbeddedAws) -> None:
    aws.rewrite("iam:GetUser", lambda _, answer: Answer(answer.status, answer.body, {"Content-Type": "text/xml"}))
    assert told(aws, "iam.get_user") == [
        "iam.get_user: the header x-amzn-requestid is missing at AWS, and present at embedded AWS"
    ]


def test_what_is_denied_is_no_difference(aws: EmbeddedAws) -> None:
    aws.fail(Fault("iam:GetUser", "access_denied", times=None))
    aws.fail(Fault("organizations:ListRoots", "access_denied", times=None))
    found = compared(aws, "iam.get_user", "organizations.list_roots", "organizations.list_accounts_for_parent")
    assert found.differences == []
    assert found.denied == ["iam.get_user", "organizations.list_roots"]
    # Of no parent, as none could be listed, but of one that nobody has.
    assert found.compared == ["organizations.list_accounts_for_parent"]


def test_what_fails_for_now_is_no_difference(aws: EmbeddedAws) -> None:
    busy = b"<ErrorResponse><Error><Code>ServiceFailure</Code><Message>ana</Message></Error></ErrorResponse>"
    aws.rewrite("iam:GetAccountSummary", lambda _, answer: Answer(409, busy, answer.headers))
    found = compared(aws, "iam.get_account_summary")
    assert found.differences == []
    assert found.passing == ["iam.get_account_summary"]


def test_what_an_account_does_not_have_is_no_difference(aws: EmbeddedAws) -> None:
    absent = b'{"__type": "AWSOrganizationsNotInUseException", "message": "ana"}'
    for name in OPERATIONS:
        if name.startswith("organizations."):
            aws.rewrite(OPERATIONS[name].action, lambda _, answer: Answer(400, absent, answer.headers))
    aws.rewrite("iam:ListAccountAliases", replaced(b"<member>[^<]*</member>", b""))
    found = compared(aws, "organizations.list_accounts", "organizations.list_roots", "iam.list_account_aliases")
    assert found.differences == []
    assert found.empty == ["organizations.list_accounts", "organizations.list_roots", "iam.list_account_aliases"]


def test_an_operation_that_embedded_aws_does_not_serve_is_named(aws: EmbeddedAws) -> None:
    learned = asked(aws, "iam.get_account_summary").recording
    refusal = {"call": "the whole answer", "status": 501, "headers": {}, "code": "NotImplemented"}
    [sentence] = compare(learned, {"iam.get_account_summary": [refusal]}, ["iam.get_account_summary"]).differences
    assert "AWS answers with success, embedded AWS NotImplemented (HTTP 501): answer it in embedded_aws" in sentence


def test_of_many_accounts_the_first_one_that_can_be_read_is_asked(aws: EmbeddedAws) -> None:
    closed, open_one = aws.open_accounts(["333333333333", "444444444444"])
    aws.remove_role(closed.id)
    roles = [{"role_arn": one.role_arn, "external_id": one.external_id} for one in (closed, open_one)]
    learned = asked(aws, "iam.list_users", accounts={"scope": "list", "roles": roles})
    assert aws.requests[open_one.id, "us-east-1", "iam:ListUsers"] == 2
    assert compare(learned.recording, read(RECORDED), ["iam.list_users"]).differences == []


def test_the_answers_are_json_that_can_be_read_again(aws: EmbeddedAws) -> None:
    text = written(asked(aws, "iam.list_users").recording, botocore="1.2.3")
    assert json.loads(text)["botocore"] == "1.2.3"
    assert [*json.loads(text)["answers"]] == ["iam.list_users", "sts.assume_role"]
