"""Who may become which role over several others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from embedded_aws.truth.policy_logic import Answer
from embedded_aws.truth.trusts import Assumption


@dataclass(frozen=True)
class Path:
    """Steps that follow each other."""

    steps: Sequence[Assumption]

    @property
    def answer(self) -> Answer:
        return min(step.answer for step in self.steps)

    @property
    def ends(self) -> tuple[str, str, str]:
        source = self.steps[0].source
        return source.kind, source.key, self.steps[-1].role.id

    @property
    def ids(self) -> list[str]:
        return [self.steps[0].source.key, *(step.role.id for step in self.steps)]


def paths(assumptions: Iterable[Assumption], depth: int) -> list[Path]:
    """All without circles, but for those that are longer than another one which is as certain."""
    steps = list(assumptions)
    onward: defaultdict[str, list[Assumption]] = defaultdict(list)
    for step in steps:
        if step.source.kind == "role":
            onward[step.source.key].append(step)
    found = [path for step in steps for path in _from(Path([step]), onward, depth)]
    shortest: dict[tuple[tuple[str, str, str], Answer], int] = {}
    for path in found:
        for answer in (one for one in Answer if Answer.NO < one <= path.answer):
            key = (path.ends, answer)
            shortest[key] = min(len(path.steps), shortest.get(key, depth))
    return [path for path in found if len(path.steps) == shortest[path.ends, path.answer]]


def is_external(step: Assumption, accounts: Collection[str]) -> bool:
    """Whether who begins is of no account of the organization. Services and public identity providers are of none."""
    source = step.source
    if source.account_id is None:
        return source.kind in {"anybody", "principal"}
    return source.account_id not in accounts


def _from(path: Path, onward: defaultdict[str, list[Assumption]], depth: int) -> Iterator[Path]:
    yield path
    if len(path.steps) < depth:
        for step in onward[path.steps[-1].role.id]:
            if step.role.id not in path.ids:
                yield from _from(Path([*path.steps, step]), onward, depth)
