"""Something that a test wants done at a certain moment of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from integration_tests.embedded_aws.calls import Answer, Call


@dataclass
class _Hook:
    action: str
    remaining: int
    do: Callable[[], object]


class Hooks:
    """Each strikes once, when its action has been answered so many times. Errors are no answers, and the test's
    own hand does not count.
    """

    def __init__(self) -> None:
        self._hooks: list[_Hook] = []
        self._lock = Lock()

    def add(self, action: str, count: int, do: Callable[[], object]) -> None:
        with self._lock:
            self._hooks.append(_Hook(action, count, do))

    def answered(self, call: Call, answer: Answer) -> None:
        """In the thread of the connection, before the answer leaves: the client cannot be faster."""
        if call.by_admin or answer.status >= 400:
            return
        due = []
        with self._lock:
            for hook in [hook for hook in self._hooks if hook.action == call.action]:
                hook.remaining -= 1
                if hook.remaining == 0:
                    due.append(hook)
                    self._hooks.remove(hook)
        for hook in due:
            hook.do()
