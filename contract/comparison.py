"""Where AWS answers in another shape than embedded AWS, as sentences that a person can act on.

Of AWS few answers are known, of embedded AWS many. So a member that AWS leaves out counts only where embedded AWS
always has it, and one that embedded AWS leaves out only where it never has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aws_calls.codes import is_transient
from aws_calls.errors import DENIED, EXPIRED, THROTTLED
from aws_calls.operation import declared
from contract.models import operation_model
from contract.recording import MADE_UP
from contract.redaction import UNKNOWN_MEMBER
from contract.shapes import ROOT, Shape, member, parent, shape_of
from embedded_aws.server.operations import OPERATIONS as SERVED
from source_aws_iam.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract.recording import Record, Recording

_SUCCESS: Final = "with success"


@dataclass
class Comparison:
    """What came of it. Only `differences` mean that embedded AWS is wrong.

    Of the operations, AWS answered those `compared`. It refused some calls of those `denied`, failed for now at those
    `passing`, and had nothing to show for those `empty`: nothing is known of their items.
    """

    differences: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


def compare(aws: Recording, embedded: Recording, operations: Iterable[str]) -> Comparison:
    """Compare how both answer the operations."""
    found = Comparison()
    for operation in operations:
        records = aws.get(operation, [])
        denied = [kept for kept in records if kept.get("code") in DENIED]
        passing = [kept for kept in records if _passes(operation, kept)]
        known = [kept for kept in records if kept not in denied and kept not in passing]
        shape = shape_of(known)
        for operations_of, of_these in (
            (found.compared, known),
            (found.denied, denied),
            (found.passing, passing),
            (found.empty, known and shape.shows_nothing),
        ):
            if of_these:
                operations_of.append(operation)
        if known:
            sentences = _Sides(operation, known, embedded.get(operation, [])).differences()
            found.differences += [f"{operation}: {sentence}" for sentence in dict.fromkeys(sentences)]
    return found


class _Sides:
    """The answers of both sides to one operation."""

    def __init__(self, operation: str, aws: list[Record], embedded: list[Record]) -> None:
        self._absent = declared(operation, OPERATIONS).absent
        self._file = _file(operation)
        self._aws = aws
        self._embedded = embedded

    def differences(self) -> Iterator[str]:
        aws, embedded = shape_of(self._aws), shape_of(self._embedded)
        if ROOT in aws.types and ROOT not in embedded.types:
            refusals = " or ".join(sorted(map(_refusal, self._embedded))) or "nothing"
            yield f"AWS answers {_SUCCESS}, embedded AWS {refusals}: answer it in {self._file}."
        else:
            yield from self._missing(aws, embedded)
            yield from self._superfluous(aws, embedded)
            yield from self._types(aws, embedded)
        yield from self._made_up()
        yield from self._refusals()
        yield from self._page_sizes()
        yield from self._headers()

    def _missing(self, aws: Shape, embedded: Shape) -> Iterator[str]:
        """What is below a member that is missing is missing too, and of the items of an empty list nothing is known."""
        for path in sorted(aws.members() - embedded.members()):
            if member(path) == UNKNOWN_MEMBER:
                yield f"AWS has a member{_place(path)} that botocore does not know: update boto3, and ask again."
            elif parent(path) in embedded.structures:
                yield f"AWS has {_told(path)}, embedded AWS does not: add it in {self._file}."

    def _superfluous(self, aws: Shape, embedded: Shape) -> Iterator[str]:
        for path in sorted(embedded.members()):
            if parent(path) in aws.structures and embedded.always(path) and not aws.always(path):
                yield f"embedded AWS always has {_told(path)}, AWS does not: leave it out in {self._file}."

    def _types(self, aws: Shape, embedded: Shape) -> Iterator[str]:
        for path in sorted(aws.types.keys() & embedded.types.keys()):
            others = aws.types[path] - embedded.types[path]
            if others:
                theirs, ours = _either(others), _either(embedded.types[path])
                yield f"{_told(path)} is {theirs} at AWS, and {ours} at embedded AWS: change it in {self._file}."

    def _made_up(self) -> Iterator[str]:
        ours = {_refusal(kept) for kept in self._embedded if kept["call"] == MADE_UP}
        for theirs in sorted({_refusal(kept) for kept in self._aws if kept["call"] == MADE_UP} - ours):
            said = _either(ours) if ours else "was not asked"
            yield f"of {MADE_UP}, AWS answers {theirs}, embedded AWS {said}: change it in {self._file}."

    def _refusals(self) -> Iterator[str]:
        """An entity of AWS may lack what all of embedded AWS's have, but says so with the same status."""
        for kept in self._aws:
            if kept["call"] == MADE_UP or "code" not in kept:
                continue
            theirs, ours = _refusal(kept), {_refusal(one) for one in self._embedded if one.get("code") == kept["code"]}
            if theirs not in ours and (ours or kept["code"] not in self._absent):
                said = _either(ours) if ours else _SUCCESS
                yield f"asked for {kept['call']}, AWS answers {theirs}, embedded AWS {said}: change it in {self._file}."

    def _page_sizes(self) -> Iterator[str]:
        theirs, ours = ({kept["page"]["honoured"] for kept in side if "page" in kept} for side in self._both())
        if theirs and ours and (False in theirs) is not (False in ours):
            more, less = ("AWS", "embedded AWS") if False in theirs else ("embedded AWS", "AWS")
            yield f"{more} gives more items than a page was to have, {less} does not: change it in {self._file}."

    def _headers(self) -> Iterator[str]:
        theirs, ours = ([kept["headers"] for kept in side if "answer" in kept] for side in self._both())
        for name in sorted({name for headers in theirs + ours for name in headers} if theirs and ours else ()):
            at_aws, at_embedded = ({headers.get(name, "missing") for headers in side} for side in (theirs, ours))
            if not at_aws <= at_embedded:
                yield (
                    f"the header {name} is {_either(at_aws)} at AWS, and {_either(at_embedded)} at embedded AWS: "
                    f"change it in {self._file}."
                )

    def _both(self) -> tuple[list[Record], list[Record]]:
        return self._aws, self._embedded


def _passes(operation: str, kept: Record) -> bool:
    """Return whether AWS refused a call that it may answer later."""
    code = kept.get("code")
    if code is None or code in declared(operation, OPERATIONS).absent:
        return False
    return code in THROTTLED | EXPIRED or is_transient(code, kept["status"])


def _refusal(kept: Record) -> str:
    return f"{kept['code']} (HTTP {kept['status']})" if "code" in kept else f"{_SUCCESS} (HTTP {kept['status']})"


def _either(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


def _told(path: str) -> str:
    """Return a path in words: "Key in Users[].Tags[]"."""
    return f"{member(path) or 'the answer'}{_place(path)}"


def _place(path: str) -> str:
    above = parent(path).lstrip(".")
    return f" in {above}" if above else ""


def _file(operation: str) -> str:
    """Return the file in which embedded AWS answers the operation."""
    model = operation_model(operation)
    served = SERVED.get(f"{model.service_model.signing_name}:{model.name}")
    if served is None:
        return "embedded_aws/server, which leaves it to moto"
    return f"{served.__module__.replace('.', '/')}.py"
