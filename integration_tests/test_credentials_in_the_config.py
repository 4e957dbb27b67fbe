"""With keys in the configuration, the environment plays no part but for the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

from embedded_aws import EmbeddedAws
from integration_tests.connector import read, run
from integration_tests.environments import succeeded

# Read by botocore outside of the settings of a session.
OTHERS = (
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_CLOUDTRAIL"),
    *("AWS_REGION", "AWS_EXECUTION_ENV", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"),
    *("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CREDENTIAL_FILE"),
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_LOGIN_CACHE_DIRECTORY"),
    *("AWS_EC2_METADATA_DISABLED", "AWS_BEARER_TOKEN_IAM", "AWS_LAMBDA_FUNCTION_NAME", "_X_AMZN_TRACE_ID"),
    *("BOTO_CONFIG", "BOTO_DISABLE_CRT", "BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER", "REQUESTS_CA_BUNDLE"),
    *("BOTOCORE_EXPERIMENTAL__PLUGINS", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "AWS_S3_USE_ARN_REGION"),
)


def variables() -> set[str]:
    """Every variable that this version of botocore reads."""
    named = [names for _, names, *_ in BOTOCORE_DEFAUT_SESSION_VARIABLES.values() if names]
    return {*OTHERS, *(name for names in named for name in ([names] if isinstance(names, str) else names))}


@pytest.mark.parametrize(
    "value", ["", "x", "\x7f:\t99999", "http://[::1"], ids=["empty", "a word", "bytes", "half a URL"]
)
def test_no_variable_of_botocore_matters_where_the_config_holds_the_keys(
    value: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    # Both modes have keys here: one uses them, and the other assumes a role with them.
    config = empty_aws.key_config() if value else empty_aws.config()
    output = run("check", folder=tmp_path, config=config, env=dict.fromkeys(variables(), value))
    assert succeeded(output), output.connection_status


def test_no_file_of_the_aws_folder_matters_where_the_config_holds_the_keys(aws: EmbeddedAws, tmp_path: Path) -> None:
    folder = tmp_path / ".aws"
    (folder / "models" / "iam" / "2010-05-08").mkdir(parents=True)
    for name in ("config", "credentials", "models/iam/2010-05-08/service-2.json", "models/endpoints.json"):
        (folder / name).write_text("[broken")
    env = {"AWS_PROFILE": "nobody", "AWS_DATA_PATH": str(folder / "models"), "HOME": str(tmp_path)}
    output = read(aws.config(), tmp_path, streams=["groups"], env=env)
    assert (output.exit_code, len(output.records("groups"))) == (0, len(aws.groups_truth()))
