"""Mistakes on the command line end the job with a sentence, before Spark starts."""

from __future__ import annotations

import pytest

from spark_backfill.arguments import parsed

USUAL = ("--source", "s3://bucket/AWSLogs/", "--target", "s3://lake/audit_events/")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--from", "2026-03-01"], "Give --from and --to together"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "--from 2026-03-02 is after --to 2026-03-01."),
        (["--from", "1 March", "--to", "2026-03-01"], "invalid fromisoformat value: '1 March'"),
        (["--accounts", "12345678901"], "12345678901 is not the id of an account, which has 12 digits."),
        (["--regions", "Ireland"], "Ireland is not the name of a Region, as in us-east-1."),
        (["--regions", "us-east-1", "--replace"], "--replace with --regions would delete"),
        (["--source", "s3://bucket/"], "is not the folder of a trail"),
        (["--table", "audit_events"], "not allowed with argument --target"),
        (["--region", "us-east-1"], "unrecognized arguments"),
    ],
)
def test_a_mistake_is_told_in_words(options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed([*USUAL, *options])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_the_report_is_in_the_target_where_no_reader_of_parquet_looks() -> None:
    assert parsed(USUAL).report == "s3://lake/audit_events/_unreadable_files"
    assert parsed([*USUAL, "--report", "s3://other"]).report == "s3://other"
    assert parsed(["--source", "s3://bucket/AWSLogs/", "--table", "t"]).report is None
