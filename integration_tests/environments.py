"""Role mode without keys: the environment in which the command finds its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aws_calls.errors import AwsError
from embedded_aws import EmbeddedAws
from integration_tests.connector import Output, read, run
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings

# A minute is what Airbyte's form has.
MINUTE = 60
# What a developer's machine may have, and what would be asked last.
NOTHING_ELSE = {
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
    "AWS_EC2_METADATA_DISABLED": "true",
}
AWS_FILES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}


class Told(NamedTuple):
    """Who has to act by the trace of a sync ("config_error"), the sentence of the connection test, and all output."""

    failure_type: str
    sentence: str
    printed: str


def without_keys(aws: EmbeddedAws, **overrides: Any) -> dict[str, Any]:
    """A config that leaves it to the environment who assumes the role."""
    role = {"auth_type": "iam_role", "role_arn": aws.role_arn, "external_id": aws.external_id}
    return aws.config(**{"credentials": role, **overrides})


def shared_files(folder: Path, **files: str) -> dict[str, str]:
    """Variables that name ~/.aws/config and ~/.aws/credentials (`config`, `credentials`) with this text in them."""
    for name, text in files.items():
        (folder / name).write_text(text)
    return {AWS_FILES[name]: str(folder / name) for name in files}


def told(config: Mapping[str, Any], folder: Path, env: Mapping[str, str]) -> Told:
    """Run check and read where neither can work. Both have to say the same, in order and in words."""
    checked = run("check", folder=folder, config=config, env=env)
    status, sentence = checked.connection_status
    assert (status, checked.exit_code, checked.stderr) == ("FAILED", 0, ""), checked
    synced = read(dict(config), folder, streams=["groups"], env=env)
    assert synced.exit_code == 1
    [error] = synced.errors
    assert sentence in error["message"]
    printed = checked.stdout + synced.stdout
    # The CDK shows where we raised the sentence; nothing of how botocore came to it.
    assert ("Traceback" in checked.stdout, "botocore/" in printed) == (False, False)
    return Told(error["failure_type"], sentence, printed)


def succeeded(output: Output) -> bool:
    return (output.exit_code, output.connection_status[0]) == (0, "SUCCEEDED")


def refusal(config: Mapping[str, Any], env: Mapping[str, str], patch: pytest.MonkeyPatch) -> AwsError:
    """What the product says in this process, which takes milliseconds: for the finer variants of a kind."""
    for name, value in {**NOTHING_ELSE, **env}.items():
        patch.setenv(name, value)
    clients = SourceClients(Settings.of(config).options, attempts=2, read_timeout=10)
    session = Session.of_credentials(clients)
    with pytest.raises(AwsError) as raised:
        _ = session.identity
    return raised.value
