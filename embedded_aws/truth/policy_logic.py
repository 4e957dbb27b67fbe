"""What statements of IAM policies say of an action on a resource: yes, no, or that the request decides.

Written after AWS's rules, for documents as their authors wrote them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from typing import Any

Statement = dict[str, Any]


class Answer(IntEnum):
    """Ordered: of several that must all hold, the least counts."""

    NO = 0
    CONDITIONAL = 1
    YES = 2

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def otherwise(self) -> Answer:
        """What is left where a denial is this certain."""
        return Answer(Answer.YES - self)


def several(value: Any) -> list[Any]:
    """What may be written as one value or as a list, or left out."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def has_condition(statement: Statement) -> bool:
    return bool(statement.get("Condition"))


def covers_action(statement: Statement, action: str) -> bool:
    """Names of actions have no case."""
    if "NotAction" in statement:
        return not any(_matches(pattern, action, re.IGNORECASE) for pattern in several(statement["NotAction"]))
    return any(_matches(pattern, action, re.IGNORECASE) for pattern in several(statement.get("Action")))


def covers_resource(statement: Statement, resource: str) -> Answer:
    """A policy variable in a pattern may become anything."""
    if "NotResource" in statement:
        found = [_covers(pattern, resource) for pattern in several(statement["NotResource"])]
        return max(found, default=Answer.NO).otherwise
    return max((_covers(pattern, resource) for pattern in several(statement.get("Resource"))), default=Answer.NO)


class Question:
    """An action on a resource. Many have the same policies, so each statement is looked at once."""

    def __init__(self, action: str, resource: str) -> None:
        self.action = action
        self.resource = resource
        # The statement is kept, so that no other one gets its id.
        self._said: dict[int, tuple[Statement, Answer]] = {}

    def says(self, statement: Statement) -> Answer:
        """How certain it is that the statement, whatever its effect, applies."""
        known = self._said.get(id(statement))
        if known is None:
            known = self._said[id(statement)] = statement, self._look(statement)
        return known[1]

    def allows(self, statements: Iterable[Statement]) -> Answer:
        """The most certain Allow."""
        return max((self.says(one) for one in statements if one["Effect"] == "Allow"), default=Answer.NO)

    def denies(self, statements: Iterable[Statement]) -> Answer:
        """The most certain Deny."""
        return max((self.says(one) for one in statements if one["Effect"] == "Deny"), default=Answer.NO)

    def permits(self, statements: Iterable[Statement]) -> Answer:
        """What all statements say together: an explicit denial wins."""
        every = list(statements)
        return min(self.allows(every), self.denies(every).otherwise)

    def _look(self, statement: Statement) -> Answer:
        if not covers_action(statement, self.action):
            return Answer.NO
        found = covers_resource(statement, self.resource)
        return min(found, Answer.CONDITIONAL) if has_condition(statement) else found


def unresolved(patterns: Iterable[str]) -> list[str]:
    """Those patterns that have a policy variable."""
    return [pattern for pattern in patterns if any(_is_variable(token) for token in _tokens(pattern))]


def _covers(pattern: str, resource: str) -> Answer:
    if not _matches(pattern, resource):
        return Answer.NO
    return Answer.CONDITIONAL if unresolved([pattern]) else Answer.YES


_TOKEN = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)
_CHARACTERS = {"${*}": r"\*", "${?}": r"\?", "${$}": r"\$"}
_WILDCARDS = {"*": ".*", "?": "."}


def _tokens(pattern: str) -> list[str]:
    return _TOKEN.findall(pattern)


def _is_variable(token: str) -> bool:
    return len(token) > 1 and token not in _CHARACTERS


def _matches(pattern: str, text: str, flags: int = 0) -> bool:
    return _regex(pattern, flags).fullmatch(text) is not None


@cache
def _regex(pattern: str, flags: int) -> re.Pattern[str]:
    parts = (
        ".*" if _is_variable(token) else {**_CHARACTERS, **_WILDCARDS}.get(token, re.escape(token))
        for token in _tokens(pattern)
    )
    return re.compile("".join(parts), re.DOTALL | flags)
