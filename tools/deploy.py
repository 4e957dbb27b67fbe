"""Write the parts of deploy/ that follow from the call plans in manifest.yaml: which actions each role may call.

    python tools/deploy.py            rewrite them
    python tools/deploy.py --check    exit with 1 and the names of the files in which one is stale

A part stands between `# generated: NAME` and `# end of NAME`, indented as these are; the rest is written by hand.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from aws_calls.operation import AskedBy
from source_aws_iam.aws.operations import OPERATIONS
from tools.docs import ROOT, declared, needed, optional

DEPLOY = ROOT / "deploy"
ACCOUNT = DEPLOY / "cloudformation" / "account.yaml"
ORGANIZATION = DEPLOY / "cloudformation" / "organization.yaml"
LOG_ARCHIVE = DEPLOY / "cloudformation" / "log_archive.yaml"
TERRAFORM = DEPLOY / "terraform"
FILES = [ACCOUNT, ORGANIZATION, TERRAFORM / "policies.tf"]
# The group of a call, where it is not decided by the stream.
_BY_ASKER = {AskedBy.HUB: "organization", AskedBy.DELEGATED_ADMINISTRATOR: "identity center"}
# Whoever reads audit events may see which trails record them, and whether their log files are as they were delivered.
_OF_CLOUDTRAIL = {"audit_events", "trails", "trail_digests"}
PART = re.compile(
    r"^(?P<indent> *)# generated: (?P<name>[\w ]+)\n.*?^(?P=indent)# end of (?P=name)$", re.DOTALL | re.MULTILINE
)


@lru_cache
def groups() -> dict[str, list[str]]:
    """Return {group of streams: the IAM actions with which all of them are complete}."""
    found: dict[str, set[str]] = {group: set() for group in ("inventory", "audit events", "ec2", *_BY_ASKER.values())}
    by_asker = {
        operation.action: _BY_ASKER[operation.asked_by]
        for operation in OPERATIONS.values()
        if operation.asked_by in _BY_ASKER
    }
    for name, (_, retriever) in declared().items():
        of_stream = "audit events" if name in _OF_CLOUDTRAIL else "ec2" if name.startswith("ec2_") else "inventory"
        for one in (*needed(retriever), *optional(retriever)):
            found[by_asker.get(one, of_stream)].add(one)
    # The hub asks for the keys of digests. With a single account, that is the account's own role.
    found["audit events"].add("cloudtrail:ListPublicKeys")
    # It says which instance is that of the organization, and every member may call it.
    found["identity center"].add("organizations:DescribeOrganization")
    return {group: sorted(actions) for group, actions in found.items()}


def part(name: str, suffix: str) -> Iterator[str]:
    """Yield the lines between two marks."""
    if name == "account template":
        # A StackSet takes a template from S3 or as text: as text, whoever sets it up needs no bucket.
        yield "TemplateBody: |"
        yield from (f"  {line}" for line in current(ACCOUNT).splitlines())
    else:
        yield from (f'"{one}",' if suffix == ".tf" else f"- {one}" for one in groups()[name])


def current(path: Path) -> str:
    """Return the text of a file with its generated parts as they should be."""

    def filled(found: re.Match[str]) -> str:
        name = found["name"]
        lines = (f"# generated: {name}", *part(name, path.suffix), f"# end of {name}")
        return "\n".join(f"{found['indent']}{line}".rstrip() for line in lines)

    return PART.sub(filled, path.read_text(encoding="utf-8"))


def main(arguments: Sequence[str], files: Sequence[Path] = FILES) -> None:
    """Rewrite, or with --check only compare."""
    stale = [path for path in files if path.read_text(encoding="utf-8") != current(path)]
    if "--check" in arguments and stale:
        sys.exit(f"Stale: {', '.join(path.name for path in stale)}. Run python tools/deploy.py.")
    for path in stale:
        path.write_text(current(path), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
