"""Every private use is known, and every known one is still made."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import aws_calls
import source_aws_iam
from unit_tests.private_uses.uses import CANARIES, ROOT, USES, Use, canary, uses

LIBRARIES = {"airbyte_cdk", "botocore", "boto3", "urllib3"}
MODULES = [
    import_module(found.name)
    for package in (aws_calls, source_aws_iam)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
CLASSES = {
    found
    for module in MODULES
    for found in vars(module).values()
    if inspect.isclass(found) and found.__module__ == module.__name__
}


def private_names(of: type) -> set[str]:
    """The names with an underscore that a class uses of itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(of)))
    used = (
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls", "super()")
    )
    defined = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {found for found in (*used, *defined) if found.startswith("_") and not found.startswith("__")}


def shared_names() -> Iterator[tuple[str, str]]:
    """The private names that our classes have in common with the classes of libraries that they build on."""
    for ours in CLASSES:
        for theirs in ours.__mro__[1:]:
            if theirs.__module__.partition(".")[0] in LIBRARIES:
                yield from ((ours.__qualname__, found) for found in private_names(ours) & private_names(theirs))


def test_every_module_of_canaries_is_known() -> None:
    others = {Path(__file__).stem}
    assert {path.stem for path in Path(__file__).parent.glob("test_*.py")} - others == set(CANARIES)


@pytest.mark.parametrize("use", uses(), ids=lambda use: use.sign)
def test_every_use_is_still_made(use: Use) -> None:
    assert use.where(), "nothing uses it any more: delete its canary and its row in CONTRIBUTING.md"


def test_no_class_uses_or_shadows_a_private_name_of_a_library_without_a_canary() -> None:
    signs = " ".join(use.sign for use in uses())
    assert {found for found in shared_names() if found[1] not in signs} == set()


def test_no_other_private_name_is_used_without_a_canary() -> None:
    lines = [
        line
        for package in ("aws_calls", "source_aws_iam")
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in path.read_text().splitlines()
        if "noqa: SLF001" in line
    ]
    assert [line for line in lines if not any(use.sign in line for use in uses())] == []


@pytest.mark.parametrize("use", uses(), ids=lambda use: use.sign)
def test_a_canary_names_modules_that_exist(use: Use) -> None:
    named = [path for path in re.findall(r"`([\w/]+\.py)`", f"{use.why} {use.instead}") if "botocore/" not in path]
    missing = [path for path in named if not [*ROOT.glob(f"*/**/{path}")]]
    assert missing == []


def test_a_canary_says_what_to_do() -> None:
    @canary("The sky is blue", sign="no module has this", why="Pilots like it.", instead="Fly by night.")
    def test() -> None:
        raise LookupError("grey")

    USES.pop()
    with pytest.raises(
        AssertionError, match=r"The sky is blue: .*LookupError: grey\)\. Fly by night\..*Pilots like it\."
    ):
        test()
