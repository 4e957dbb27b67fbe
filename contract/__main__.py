"""`make contract CONFIG=secrets/config.json`: ask AWS, and compare how it answers with how embedded AWS does.

Exit codes: 0 where the shapes agree, 1 where they differ, 2 where nothing could be compared.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError
from contract.comparison import compare
from contract.embedded import learn_from_embedded_aws
from contract.learning import Learned, learn
from contract.recording import UnreadableRecordingError, read, written
from contract.report import report
from source_aws_iam import SourceAwsIam, __version__
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.cli.files import read_config
from source_aws_iam.cli.validation import problems
from source_aws_iam.config import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME, DIFFERENT, NOT_COMPARED = range(3)
ANSWERS: Final = Path("build/contract/answers.json")
RECORDED: Final = Path(__file__).parent / "recorded" / "embedded.json"


class _UnusableError(Exception):
    """Nothing can be asked. `str()` is the sentence for the user."""


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    parsed = _parsed(arguments)
    operations = parsed.operations or [*OPERATIONS]
    if parsed.record:
        RECORDED.write_text(written(learn_from_embedded_aws()), "utf-8")
        print(f"How embedded AWS answers is in {RECORDED}.")
        return SAME
    try:
        learned = Learned(read(parsed.answers), {}) if parsed.answers else _asked(parsed.config, operations)
    except (_UnusableError, AwsError, UnreadableRecordingError) as error:
        print(error)
        return NOT_COMPARED
    found = compare(learned.recording, learn_from_embedded_aws(operations), operations)
    for line in report(found, operations, learned.unanswered):
        print(line)
    if found.differences:
        return DIFFERENT
    return SAME if found.compared else NOT_COMPARED


def _asked(config: Path | None, operations: Sequence[str]) -> Learned:
    if config is None:
        raise _UnusableError(
            "Name the config of the account that is to be asked: make contract CONFIG=secrets/config.json"
        )
    settings = Settings.of(_valid(config))
    print(f"Asking AWS {len(operations)} operations, which only read, a few times each …", flush=True)
    learned = learn(settings, operations)
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    about = {"source_aws_iam": __version__, "botocore": botocore.__version__}
    ANSWERS.write_text(written(learned.recording, **about), "utf-8")
    print(f"The answers, without their text, are in {ANSWERS}.", flush=True)
    return learned


def _valid(path: Path) -> dict[str, Any]:
    try:
        config = read_config(str(path))
    except AirbyteTracedException as error:
        raise _UnusableError(error.message) from None
    specification = SourceAwsIam().spec(logging.getLogger("airbyte")).connectionSpecification
    found = problems(config, specification)
    if found:
        raise _UnusableError(" ".join(found))
    return config


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contract", description=__doc__, formatter_class=_AsWritten)
    parser.add_argument(
        "operations", nargs="*", metavar="OPERATION", help='only these ("iam.list_users"), by default all'
    )
    parser.add_argument("--config", type=Path, help="ask the account of this config of the connector")
    parser.add_argument(
        "--answers", type=Path, help="ask nobody, and compare the answers in a file that was written here"
    )
    parser.add_argument("--record", action="store_true", help=f"write how embedded AWS answers to {RECORDED.name}")
    parsed = parser.parse_args(arguments)
    unknown = [operation for operation in parsed.operations if operation not in OPERATIONS]
    if unknown:
        parser.error(f"source_aws_iam/aws/operations.py does not declare {', '.join(unknown)}.")
    return parsed


_AsWritten = argparse.RawDescriptionHelpFormatter


if __name__ == "__main__":
    # A proxy on the way to AWS does not lead back to this machine.
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, (direct, "127.0.0.1")))
    sys.exit(main(sys.argv[1:]))
