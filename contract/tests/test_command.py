"""`python -m contract`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contract.__main__ import ANSWERS, DIFFERENT, NOT_COMPARED, RECORDED, SAME, main
from contract.embedded import SEED, furnish
from embedded_aws import Answer, EmbeddedAws, Fault
from integration_tests.connector import clean_environment

ROOT = Path(__file__).parent.parent.parent
FAST = {"iam_requests_per_second": 1000}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://127.0.0.1:9")
    environment = {**clean_environment(folder), **proxy, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "contract", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_command_asks_names_the_difference_and_keeps_the_answers(tmp_path: Path) -> None:
    with EmbeddedAws(seed=SEED) as aws:
        furnish(aws)
        aws.rewrite(
            "iam:ListUsers", lambda _, found: Answer(200, found.body.replace(b"Path>", b"Trail>"), found.headers)
        )
        aws.fail(Fault("iam:GetUser", "access_denied", times=None))
        config = tmp_path / "config.json"
        config.write_text(json.dumps(aws.config(**FAST)))
        ran = run(tmp_path, "--config", str(config), "iam.list_users", "iam.get_user", "iam.list_groups")
        secrets = [aws.external_id, aws.base_key.secret_access_key, aws.base_key.access_key_id]
    more = "iam.list_users: embedded AWS always has Path in Users[], AWS does not: leave it out"
    other = "iam.list_users: AWS has a member in Users[] that botocore does not know: update boto3, and ask again."
    assert ran.stdout.splitlines() == [
        "Asking AWS 3 operations, which only read, a few times each …",
        "The answers, without their text, are in build/contract/answers.json.",
        other,
        f"{more} in embedded_aws/server/iam_lists.py.",
        "Denied, so not compared, or not in full: iam:GetUser. Allow them to learn more.",
        "2 of 3 operations were compared: 2 differences.",
    ]
    assert (ran.returncode, ran.stderr) == (DIFFERENT, "")
    kept = (tmp_path / ANSWERS).read_text()
    assert [*json.loads(kept)] == ["answers", "botocore", "source_aws_iam"]
    assert not [secret for secret in secrets if secret in kept + ran.stdout]


def test_answers_that_somebody_has_sent_are_compared_without_asking_aws(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--answers", str(RECORDED), "iam.list_groups", "sts.assume_role"]) == SAME
    assert capsys.readouterr().out.splitlines() == [
        "2 of 2 operations were compared: AWS and embedded AWS answer in the same shapes."
    ]


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("{", "It is not JSON"),
        ("{}", "credentials is missing."),
        ('{"credentials": {"auth_type": "access_key", "access_key_id": "AKIAX"}}', "credentials.secret_access_key"),
    ],
)
def test_a_config_that_cannot_be_used_is_told_in_a_sentence(
    config: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    path.write_text(config)
    assert main(["--config", str(path)]) == NOT_COMPARED
    assert sentence in capsys.readouterr().out


def test_a_key_that_aws_does_not_know_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedAws() as aws:
        config = aws.key_config()
        config["credentials"]["access_key_id"] = "AKIAIOSFODNN7EXAMPLE"
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        assert main(["--config", str(path)]) == NOT_COMPARED
    assert "AWS does not know the access key" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "make contract CONFIG=secrets/config.json"),
        (("--answers", "there-is-no-such-file.json"), "does not hold answers that make contract has kept"),
    ],
)
def test_a_command_that_has_nothing_to_compare_says_so(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == NOT_COMPARED
    assert sentence in capsys.readouterr().out


def test_an_operation_that_is_not_in_the_table_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--config", "x", "iam.delete_user"])
    assert "source_aws_iam/aws/operations.py does not declare iam.delete_user." in capsys.readouterr().err
