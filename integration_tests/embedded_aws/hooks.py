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
    account_id: str | None

    def concerns(self, call: Call, account_id: str) -> bool:
        return self.action == call.action and self.account_id in (None, account_id)


class Hooks:
    """Each strikes once, when its action has been answered so many times. Errors are no answers, and the test's
    own hand does not count.
    """

    def __init__(self) -> None:
        self._hooks: list[_Hook] = []
        self._lock = Lock()

    def add(self, action: str, count: int, do: Callable[[], object], account_id: str | None) -> None:
        with self._lock:
            self._hooks.append(_Hook(action, count, do, account_id))

    def answered(self, call: Call, account_id: str, answer: Answer) -> None:
        """In the thread of the connection, before the answer to this account's caller leaves: it cannot be faster."""
        if call.by_admin or answer.status >= 400:
            return
        due = []
        with self._lock:
            for hook in [hook for hook in self._hooks if hook.concerns(call, account_id)]:
                hook.remaining -= 1
                if hook.remaining == 0:
                    due.append(hook)
                    self._hooks.remove(hook)
        for hook in due:
            hook.do()
