"""What the tests of the repository share with those of the command."""

from integration_tests.conftest import aws

__all__ = ["aws"]
