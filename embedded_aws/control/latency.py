"""How long AWS takes to answer. On loopback it takes no time unless a test sets one."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_aws.server.calls import Call


@dataclass(frozen=True)
class Latency:
    """Every answer to `action` ("*": any), errors included, leaves `seconds` late. The quota has counted the
    request when it came.
    """

    seconds: float
    action: str = "*"
    region: str | None = None
    """Where; None: everywhere."""

    def concerns(self, call: Call) -> bool:
        return not call.by_admin and call.is_for(self.action) and self.region in (None, call.region)
