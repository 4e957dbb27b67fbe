"""The call plans of the inventory, and what is denied to try them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from aws_calls.operation import declared
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.streams.call_plan import Needs
from tools.docs import SETS
from unit_tests.inventory import DECLARED


@dataclass(frozen=True)
class Plan:
    """The call plan of a stream. `setting` is one that asks for more, if it is on."""

    stream: str
    setting: str = ""

    def __str__(self) -> str:
        return f"{self.stream}-{self.setting}".removesuffix("-")

    @cached_property
    def retriever(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = DECLARED[self.stream]["retriever"]
        return found

    @property
    def of_all_rows(self) -> list[Needs]:
        return [self.retriever["needs"], *([self.retriever["with_setting"][self.setting]] if self.setting else [])]

    @property
    def of_few_rows(self) -> Mapping[str, Needs]:
        found: Mapping[str, Needs] = self.retriever.get("few_rows", {})
        return found

    @property
    def varying(self) -> set[str]:
        return {*self.retriever.get("vary_by_call", ())}

    @cached_property
    def calls(self) -> list[str]:
        planned = {call for ways in self.needs() for way in ways for call in way}
        return sorted({*planned, *self.retriever.get("optional_calls", ())})

    def needs(self) -> Iterator[list[list[str]]]:
        """Yield the ways of each need."""
        for plan in (*self.of_all_rows, *self.of_few_rows.values()):
            yield from plan.values()

    def denials(self) -> list[frozenset[str]]:
        """Return what is denied in each case: a call alone, what closes a need, or all of its ways but the n-th.

        And for all needs at once: all but the best ways, the best ways, and what the sets of docs/permissions.md lack.
        """
        best = {call for ways in self.needs() for call in ways[0]}
        others = {call for ways in self.needs() for way in ways[1:] for call in way}
        closing: list[Iterable[str]] = [others - best, best - others, *((call,) for call in self.calls)]
        actions = {call: declared(call, OPERATIONS).action for call in self.calls}
        closing += ([call for call in self.calls if actions[call] not in allowed] for allowed in SETS.values())
        for ways in filter(all, self.needs()):
            closing += product(*ways)
            for open_way in ways:
                closed = [[call for call in way if call not in open_way] for way in ways if way is not open_way]
                closing += product(*closed)
        return list(dict.fromkeys(filter(None, map(frozenset, closing))))


PLANS = [
    Plan(name, setting)
    for name, entry in DECLARED.items()
    for setting in ("", *entry["retriever"].get("with_setting", ()))
]
