"""The credential report: generated on demand, typed, and not used where it is incomplete."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.iam.credential_report import ROOT, credential_report, fetch, report_of, report_row
from source_aws_iam.iam.polling import PAUSES
from unit_tests.iam.aws_answers import DENIED, IAM, Answers
from unit_tests.iam.report_lines import HEADER, MADE, answer, line

GET, GENERATE = "GetCredentialReport", "GenerateCredentialReport"


def sequence(*answers: Any) -> Any:
    """Answer one after the other, the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def state(name: str) -> dict[str, str]:
    return {"State": name}


@pytest.mark.parametrize(
    ("gets", "generates", "slept", "asked"),
    [
        ([answer()], [], [], [GET]),
        (["ReportNotPresent", answer()], [state("COMPLETE")], [], [GET, GENERATE, GET]),
        (["ReportExpired", answer()], [state("STARTED")], [1], [GET, GENERATE, GET]),
        (["ReportInProgress", answer()], [], [1], [GET, GET]),
        (["ReportNotPresent", "ReportInProgress", answer()], [state("STARTED")], [1, 1], [GET, GENERATE, GET, GET]),
        (["ReportExpired", answer()], ["LimitExceeded"], [1], [GET, GENERATE, GET]),
    ],
)
def test_a_report_is_asked_for_until_it_is_there(gets: Any, generates: Any, slept: Any, asked: Any) -> None:
    aws = Answers({GET: sequence(*gets), GENERATE: sequence(*generates, "unexpected")})
    pauses: list[float] = []
    assert fetch(aws.iam, pauses.append)["generated_time"] == MADE
    assert pauses == slept
    assert aws.operations == asked


@given(
    get=st.sampled_from(["ReportNotPresent", "ReportExpired", "ReportInProgress"]),
    generate=st.sampled_from(["LimitExceeded", state("STARTED"), state("INPROGRESS"), state("COMPLETE")]),
)
def test_a_report_that_never_comes_is_waited_for_and_then_left_for_later(get: str, generate: Any) -> None:
    aws = Answers({GET: get, GENERATE: generate})
    pauses: list[float] = []
    with pytest.raises(AwsError, match="no report after 304 seconds") as raised:
        fetch(aws.iam, pauses.append)
    assert (raised.value.outcome, raised.value.denied) == (Outcome.LATER, False)
    assert sum(pauses) == sum(PAUSES) == 304
    # The last pause is followed by a look.
    assert len(pauses) < aws.operations.count(GET) <= 2 * (len(PAUSES) + 1)


def test_a_denial_is_raised_at_once_from_either_call() -> None:
    for table in ({GET: DENIED}, {GET: "ReportNotPresent", GENERATE: DENIED}):
        with pytest.raises(AwsError) as raised:
            fetch(Answers(table).iam, lambda _: pytest.fail("slept"))
        assert raised.value.denied


def rows(*lines: Any, **more: Any) -> Any:
    return credential_report(Answers({GET: answer(*lines, **more)}).iam).rows


def test_cells_are_typed_and_what_is_null_says_why() -> None:
    cells = {
        "password_enabled": "TRUE",
        "password_last_used": "2026-05-01T10:00:00+00:00",
        "password_last_changed": "2026-05-01T12:00:00+02:00",
        "password_next_rotation": "not_supported",
        "mfa_active": "true",
        "access_key_1_last_rotated": "2026-05-01T10:00:00Z",
        "access_key_1_last_used_service": "s3",
        "access_key_2_last_rotated": "some day",
        "cert_1_last_rotated": "2026-05-01T10:00:00",
        "user_creation_time": "no_information",
    }
    row = rows(line("ana", **cells))[f"{IAM}:user/ana"]
    assert row["password_enabled"] is row["mfa_active"] is True
    assert row["access_key_1_active"] is False
    times = ("password_last_used", "password_last_changed", "access_key_1_last_rotated", "cert_1_last_rotated")
    assert {row[name] for name in times} == {"2026-05-01T10:00:00Z"}
    assert row["access_key_1_last_used_service"] == "s3"
    assert row["password_next_rotation"] is row["access_key_2_last_rotated"] is row["user_creation_time"] is None
    status = row["column_status"]
    assert status["password_next_rotation"] == "not_supported"
    assert status["access_key_2_last_rotated"] == "some day"
    assert status["user_creation_time"] == "no_information"
    assert "password_enabled" not in status


def test_columns_may_come_in_another_order_and_more_of_them() -> None:
    header = [*reversed(HEADER), "additional_credentials_info", "new_key_active"]
    row = rows(line("ana", additional_credentials_info="x", new_key_active="TRUE"), header=header)[f"{IAM}:user/ana"]
    assert (row["user"], row["additional_credentials_info"], row["new_key_active"]) == ("ana", "x", True)


def test_columns_that_have_the_names_of_ours_do_not_replace_them() -> None:
    names = {"column_status": "x", "report_generated_at": "N/A"}
    row = rows(line("ana", **names), header=[*HEADER, *names])[f"{IAM}:user/ana"]
    assert isinstance(row["column_status"], dict)
    assert row["report_generated_at"] == MADE


@pytest.mark.parametrize("name", ["doe, jane", "no_information", "N/A", 'the "boss"', "zoë\u2028x", ROOT])
def test_names_are_names_whatever_is_in_them(name: str) -> None:
    (row,) = rows(line(name)).values()
    assert row["user"] == name


def without(column: str) -> Any:
    cells = {name: cell for name, cell in line("ana").items() if name != column}
    return answer(cells, header=[name for name in HEADER if name != column])


@pytest.mark.parametrize("column", ["access_key_2_last_rotated", "mfa_active", "cert_1_active"])
def test_a_report_without_a_column_is_shown_and_not_taken_for_one_that_says_no(
    column: str, caplog: pytest.LogCaptureFixture
) -> None:
    iam = Answers({GET: without(column)}).iam
    (row,) = credential_report(iam).rows.values()
    assert (row["user"], column in row) == ("ana", False)
    assert (report_of(iam), report_of(iam)) == (None, None)
    [warning] = caplog.messages
    assert warning.startswith(f"The credential report of account 123456789012 lacks its {column}, so")


@pytest.mark.parametrize("column", ["user", "arn"])
def test_a_report_that_names_nobody_is_broken(column: str) -> None:
    with pytest.raises(AwsError, match="not AWS's"):
        credential_report(Answers({GET: without(column)}).iam)


@pytest.mark.parametrize("content", [b"", b"<html></html>", answer(line("ana"))["Content"][:-20]])
def test_a_report_that_is_broken_does_not_keep_users_from_being_asked(content: bytes) -> None:
    assert report_of(Answers({GET: {**answer(), "Content": content}}).iam) is None


def test_a_mark_before_the_text_and_bytes_that_are_no_utf_8_cost_nothing() -> None:
    content = b"\xef\xbb\xbf" + answer(line("ana"), line("bob"))["Content"].replace(b"ana", b"an\xff\x00")
    found = credential_report(Answers({GET: {**answer(), "Content": content}}).iam).rows
    assert [row["user"] for row in found.values()] == ["an\ufffd\ufffd", "bob"]


def test_a_line_that_is_there_twice_is_one_row_and_one_without_an_arn_is_not_lost() -> None:
    found = rows(line("ana"), line("ana", mfa_active="true"), line("bob", arn=""), line("eve", arn=""))
    assert [(row["user"], row["mfa_active"]) for row in found.values()] == [
        ("ana", True),
        ("bob", False),
        ("eve", False),
    ]


@pytest.mark.parametrize("cell", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00", "2026-13-01T00:00:00Z"])
def test_a_time_beyond_the_calendar_is_null_and_says_why(cell: str) -> None:
    (row,) = rows(line("ana", password_last_used=cell)).values()
    assert (row["password_last_used"], row["column_status"]["password_last_used"]) == (None, cell)


@given(st.lists(st.lists(st.text(max_size=8), max_size=30), max_size=5), st.binary(max_size=200))
def test_no_report_stops_anything_but_itself(lines: list[list[str]], more: bytes) -> None:
    for content in (more, "\n".join([",".join(HEADER), *map(",".join, lines)]).encode(errors="replace") + more):
        iam = Answers({GET: {**answer(), "Content": content}}).iam
        if report_of(iam):
            assert all(isinstance(row["user"], str) for row in credential_report(iam).rows.values())


def test_where_aws_does_not_say_when_the_report_was_made_the_users_must_be_as_old_as_theirs() -> None:
    content = {name: value for name, value in answer(line("ana")).items() if name != "GeneratedTime"}
    report = credential_report(Answers({GET: content}).iam)
    (row,) = report.rows.values()
    for created, known in ((row["user_creation_time"], True), ("2026-07-01T12:00:01Z", False)):
        assert (report_row(report, {"arn": f"{IAM}:user/ana", "create_date": created}) is not None) is known


@pytest.mark.parametrize("content", [b"", b"<html></html>", answer(line("ana"))["Content"][:-20]])
def test_a_report_that_is_cut_or_something_else_is_broken(content: bytes) -> None:
    with pytest.raises(AwsError, match="not AWS's"):
        credential_report(Answers({GET: {**answer(), "Content": content}}).iam)


def test_a_name_with_commas_is_one_name_though_it_is_not_quoted() -> None:
    content = answer(line("ana"), line("bob"))["Content"].replace(b"ana", b"a,n,a")
    found = credential_report(Answers({GET: {**answer(), "Content": content}}).iam).rows
    assert [row["user"] for row in found.values()] == ["a,n,a", "bob"]
    assert found[f"{IAM}:user/a,n,a"].keys() == found[f"{IAM}:user/bob"].keys()
    assert found[f"{IAM}:user/a,n,a"]["user_creation_time"] == found[f"{IAM}:user/bob"]["user_creation_time"]


def test_a_line_that_is_too_long_for_a_name_with_commas_is_broken() -> None:
    content = answer(line("ana"))["Content"].replace(b"ana,arn:", b"ana,,")
    with pytest.raises(AwsError, match="not AWS's"):
        credential_report(Answers({GET: {**answer(), "Content": content}}).iam)


@pytest.mark.parametrize(
    ("created", "known"), [("2026-01-01T00:00:00Z", True), (MADE, True), ("2026-07-01T12:00:01Z", False)]
)
def test_a_user_who_is_younger_than_the_report_is_not_its_namesake(created: str, known: bool) -> None:
    report = credential_report(Answers({GET: answer(line("ana"))}).iam)
    row = report_row(report, {"arn": f"{IAM}:user/ana", "create_date": created})
    assert (row is not None) is known


def test_without_a_report_or_a_line_in_it_there_is_no_row() -> None:
    assert report_row(None, {"arn": f"{IAM}:user/ana"}) is None
    assert report_row(credential_report(Answers({GET: answer()}).iam), {"arn": f"{IAM}:user/ana"}) is None


def test_the_report_is_read_once() -> None:
    aws = Answers({GET: answer(line("ana"))})
    assert credential_report(aws.iam) is credential_report(aws.iam)
    assert aws.operations == [GET]
