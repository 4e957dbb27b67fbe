"""Access keys joined with their last use, of the report or by a call."""

from __future__ import annotations

from typing import Any

import pytest

from aws_calls.errors import AbsentError
from source_aws_iam.iam.access_keys import LAST_USED, access_keys, slots_of
from source_aws_iam.iam.credential_report import credential_report
from unit_tests.iam.aws_answers import DAY, DENIED, GONE, IAM, Answers, by, key, paged, used
from unit_tests.iam.report_lines import answer, line

LATER = "2026-02-02T00:00:00Z"
LIST, USE = "ListAccessKeys", "GetAccessKeyLastUsed"


def report(slot_1: str = "N/A", slot_2: str = "N/A") -> Any:
    cells: dict[str, str] = {}
    for slot, created in ((1, slot_1), (2, slot_2)):
        if created != "N/A":
            cells |= {
                f"access_key_{slot}_active": "TRUE",
                f"access_key_{slot}_last_rotated": created,
                f"access_key_{slot}_last_used_date": f"2026-03-0{slot}T00:00:00+00:00",
                f"access_key_{slot}_last_used_service": f"s{slot}",
                f"access_key_{slot}_last_used_region": "N/A",
            }
    found = credential_report(Answers({"GetCredentialReport": answer(line("ana", **cells))}).iam)
    return found.rows[f"{IAM}:user/ana"]


def table(*keys: Any, use: Any = None) -> dict[str, Any]:
    return {LIST: paged("AccessKeyMetadata", list(keys)), USE: use or (lambda request: "unexpected")}


def test_keys_are_matched_to_the_report_by_their_time_of_creation() -> None:
    aws = Answers(table(key("ana", 1, LATER), key("ana", 2, DAY)))
    first, second = access_keys(aws.iam, "ana", report(DAY, LATER))
    assert (first["last_used_service"], second["last_used_service"]) == ("s2", "s1")
    assert first["last_used_region"] is None
    assert first["unavailable_fields"] == []
    assert aws.operations == [LIST]


@pytest.mark.parametrize("slots", [(DAY, DAY), (DAY, "N/A"), ("N/A", "N/A")])
def test_keys_that_the_report_cannot_tell_apart_are_asked_for(slots: tuple[str, str]) -> None:
    uses = by("AccessKeyId", {key("ana", n)["AccessKeyId"]: used("ana", LATER, f"asked{n}") for n in (1, 2)})
    aws = Answers(table(key("ana", 1), key("ana", 2), use=uses))
    found = access_keys(aws.iam, "ana", report(*slots))
    assert [row["last_used_service"] for row in found] == ["asked1", "asked2"]


def test_a_key_that_is_newer_than_the_report_is_asked_for_alone() -> None:
    aws = Answers(table(key("ana", 1), key("ana", 2, LATER), use=used("ana", None, "N/A", "N/A")))
    first, second = access_keys(aws.iam, "ana", report(DAY))
    assert first["last_used_service"] == "s1"
    assert [second[name] for name in LAST_USED] == [None, None, None]
    assert second["unavailable_fields"] == []
    assert aws.operations == [LIST, USE]


def test_a_refused_last_use_is_null_and_named_and_not_asked_for_again() -> None:
    aws = Answers(table(key("ana", 1), key("ana", 2), use=DENIED))
    for row in access_keys(aws.iam, "ana", None):
        assert [row[name] for name in LAST_USED] == [None, None, None]
        assert row["unavailable_fields"] == list(LAST_USED)
    assert aws.operations.count(USE) == 1


@pytest.mark.parametrize("said", [DENIED, GONE])
def test_a_key_that_is_deleted_while_it_is_read_is_left_out_and_hides_no_other(said: str) -> None:
    """AWS answers for an unknown key as if the call were not allowed."""
    left = [[key("ana", 1), key("ana", 2)], [key("ana", 2)]]
    uses = by("AccessKeyId", {key("ana", 2)["AccessKeyId"]: used("ana", LATER)}, default=said)
    aws = Answers({**table(use=uses), LIST: lambda _: {"AccessKeyMetadata": left.pop(0), "IsTruncated": False}})
    (row,) = access_keys(aws.iam, "ana", None)
    assert (row["access_key_id"], row["last_used_date"]) == (key("ana", 2)["AccessKeyId"], LATER)
    assert row["unavailable_fields"] == []


def test_the_keys_of_a_user_who_is_gone_are_gone() -> None:
    with pytest.raises(AbsentError):
        access_keys(Answers({LIST: GONE}).iam, "ana", None)


def test_slots_that_are_inactive_count_and_free_ones_do_not() -> None:
    row = {**report(DAY), "access_key_1_active": False}
    (slot,) = slots_of(row)
    assert (slot["status"], slot["create_date"], slot["access_key_id"]) == ("Inactive", DAY, None)
    assert slots_of(report()) == []
