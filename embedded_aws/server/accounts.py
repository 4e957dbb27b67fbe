"""The settings of an account: Regions, guardrails, suspension."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock


class Accounts:
    """Of accounts other than the home account, mostly. All may be changed while clients are running.

    The content of an account is made on the first call into it: a thousand accounts cost nothing until they are read.
    """

    def __init__(self) -> None:
        self.regions: dict[str, list[str]] = {}
        """Enabled Regions, where they differ from the home account's."""
        self.not_enabled: dict[str, list[str]] = {}
        """Regions that the account might enable, and has not."""
        self.denied: dict[str, tuple[str, ...]] = {}
        """Actions, with wildcards, that a service control policy denies."""
        self.closed_regions: dict[str, tuple[str, ...]] = {}
        """Regions in which a service control policy denies everything."""
        self.closed: set[str] = set()
        """Suspended, whether or not an organization says so."""
        self._due: dict[str, Callable[[], None]] = {}
        self._lock = RLock()

    def plant_later(self, account_id: str, plant: Callable[[], None]) -> None:
        with self._lock:
            self._due[account_id] = plant

    def plant(self, account_id: str) -> None:
        """What was put off, if it was; whoever comes while another plants waits for the end."""
        with self._lock:
            plant = self._due.pop(account_id, None)
            if plant:
                plant()
