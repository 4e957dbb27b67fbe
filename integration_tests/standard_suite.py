"""The CDK's standard tests of this source, in one process with it. Run by test_standard_suite.py.

Not collected with the other tests: its configs are those of an embedded AWS that somebody has started.
"""

from __future__ import annotations

import os
from pathlib import Path

from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase

from source_aws_iam import SourceAwsIam

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


class TestSourceAwsIam(SourceTestSuiteBase):
    connector = SourceAwsIam
    connector_name = "source-aws-iam"

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return Path(os.environ["SOURCE_AWS_IAM_COPY"])

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> SourceAwsIam:
        """With its config, as the command line does; the CDK's default constructs it without."""
        if scenario is None:
            return SourceAwsIam()
        config = scenario.get_config_dict(connector_root=cls.get_connector_root_dir(), empty_if_missing=True)
        return SourceAwsIam(config=config)
