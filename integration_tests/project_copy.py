"""The project under the name that Airbyte's commands demand of a folder, its example configs aimed at embedded AWS."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.company import company
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.scenarios.trail_writer import open_trail
from integration_tests.conftest import FAST

PROJECT = Path(__file__).parent.parent


def project_copy(aws: EmbeddedAws, parent: Path) -> Path:
    """What the standard tests read of the project, in `parent`/source-aws-iam."""
    # Every stream has to have a row.
    aws.organize(company(["111111111111"], "222222222222"))
    open_identity_center(aws, [aws.account_id], People(people=5, groups=3))
    open_trail(aws)
    folder = parent / "source-aws-iam"
    (folder / "integration_tests").mkdir(parents=True)
    for name in ("metadata.yaml", "acceptance-test-config.yml"):
        shutil.copy(PROJECT / name, folder)
    for package in ("source_aws_iam", "aws_calls"):
        shutil.copytree(PROJECT / package, folder / package)
    (folder / "pyproject.toml").write_text((PROJECT / "pyproject.toml").read_text().split("[tool.pytest")[0])
    wrong = json.loads((PROJECT / "integration_tests" / "invalid_config.json").read_text())
    for name, config in {"sample": aws.key_config(**FAST), "invalid": {**wrong, "endpoint_url": aws.url}}.items():
        (folder / "integration_tests" / f"{name}_config.json").write_text(json.dumps(config))
    return folder
