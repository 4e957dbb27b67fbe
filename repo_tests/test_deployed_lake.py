"""What deploy/ has for Security Lake: a role that may write its sources, and calls that AWS's model takes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from destination_security_lake.config.sources import CHOICES, DEFAULT, NAMES
from repo_tests.cloudformation import Stack, load
from repo_tests.test_deploy import CFN_LINT
from tools.deploy import DEPLOY

TEMPLATE = DEPLOY / "cloudformation" / "security_lake.yaml"
SCRIPT = DEPLOY / "security_lake_sources.sh"
CRAWLER = "arn:aws:iam::123456789012:role/crawler"
EXTERNAL_ID = "of=this,test:alone/+@"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
# Writes down what it is called with.
AWS = '#!/bin/sh\nfor argument in "$@"; do printf "%s\\0" "$argument"; done >> "$CALLS"; printf "\\n" >> "$CALLS"\n'


def created(folder: Path, *classes: str) -> list[dict[str, str]]:
    """Run the script with an AWS CLI that only writes its arguments down. Return the options of each call."""
    (folder / "aws").write_text(AWS)
    (folder / "aws").chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(folder / "calls")}
    command = [str(SCRIPT), "eu-west-1", CRAWLER, "111122223333", EXTERNAL_ID, *classes]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    calls = []
    for line in (folder / "calls").read_text().removesuffix("\0\n").split("\0\n"):
        service, operation, *options = line.split("\0")
        assert (service, operation) == ("securitylake", "create-custom-log-source")
        calls.append(dict(zip(options[::2], options[1::2], strict=True)))
    return calls


def request(call: dict[str, str]) -> dict[str, Any]:
    """Return the call as boto3 would be told it."""
    return {
        "sourceName": call["--source-name"],
        "eventClasses": [call["--event-classes"]],
        "configuration": json.loads(call["--configuration"]),
    }


@pytest.mark.parametrize("classes", [(), tuple(CHOICES)], ids=["by default", "all"])
def test_the_script_creates_the_source_of_each_class(tmp_path: Path, classes: tuple[str, ...]) -> None:
    calls = created(tmp_path, *classes)

    shape = Session().get_service_model("securitylake").operation_model("CreateCustomLogSource").input_shape
    assert shape is not None
    for call in calls:
        assert not ParamValidator().validate(request(call), shape).has_errors()
        assert request(call)["configuration"] == {
            "crawlerConfiguration": {"roleArn": CRAWLER},
            "providerIdentity": {"principal": "111122223333", "externalId": EXTERNAL_ID},
        }
    expected = [(NAMES[CHOICES[name]], name.upper()) for name in classes or DEFAULT]
    assert [(call["--source-name"], call["--event-classes"]) for call in calls] == expected


def test_a_class_that_the_form_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        created(tmp_path, "user_inventory", "users")
    assert refused.value.stderr == b"There is no class users in the form of the destination.\n"


@pytest.mark.parametrize("key", ["", KEY])
def test_the_role_may_put_objects_of_every_source_and_do_nothing_else(key: str) -> None:
    parameters = {"Bucket": "lake", "KmsKeyArn": key, "PrincipalArn": CRAWLER, "ExternalId": EXTERNAL_ID}
    stack = Stack(load(TEMPLATE.read_text(encoding="utf-8")), parameters, {}, "123456789012")
    role = stack.properties("Writer")

    [policy] = role["Policies"]
    first, *others = policy["PolicyDocument"]["Statement"]
    resources = [f"arn:aws:s3:::lake/ext/{name}/*" for name in NAMES.values()]
    assert first == {"Effect": "Allow", "Action": "s3:PutObject", "Resource": resources}
    assert others == ([{"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": key}] if key else [])
    [trusted] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


def test_cfn_lint_finds_nothing_in_the_template() -> None:
    done = subprocess.run(
        [CFN_LINT, "--include-checks", "I", "--", TEMPLATE], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "")
