"""Hooks: what a test does right after an answer, or answers instead of AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from embedded_aws.server.calls import Answer, Call


@dataclass
class _Hook:
    action: str
    remaining: int
    do: Callable[[], object]
    account_id: str | None

    def concerns(self, call: Call, account_id: str) -> bool:
        return call.is_for(self.action) and self.account_id in (None, account_id)


class Hooks:
    """Each hook runs once, when its action has been answered so many times. Errors are no answers, and calls of the
    test itself do not count.
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


Rewrite = Callable[[Call, Answer], Answer]


class Rewrites:
    """Answers that a test gives instead. Errors are answers here. Calls of the test itself get the real answers."""

    def __init__(self) -> None:
        self._rewrites: list[tuple[str, Rewrite]] = []
        self._lock = Lock()

    def add(self, action: str, rewrite: Rewrite) -> None:
        with self._lock:
            self._rewrites.append((action, rewrite))

    def clear(self) -> None:
        with self._lock:
            self._rewrites.clear()

    def rewritten(self, call: Call, answer: Answer) -> Answer:
        """Return the answer as the rewrites for its action, in the order in which they were added, leave it."""
        if call.by_admin:
            return answer
        with self._lock:
            rewrites = [rewrite for action, rewrite in self._rewrites if call.is_for(action)]
        for rewrite in rewrites:
            answer = rewrite(call, answer)
        return answer
