"""Retries of each call, whatever became of other calls.

botocore gives all calls of a client one budget of retries. Here all accounts and threads share a client, so three dozen
errors at the same time would use the budget up. From then on, any call would fail at its first error.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from botocore.retries import quota, standard

# The longest wait, in seconds, that an answer can ask for.
LONGEST_WAIT: Final = 60


def retry_each_call(client: Any, attempts: int) -> None:
    """Send each call of `client` up to `attempts` times, with the conditions and waits of botocore's standard mode.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    service = client.meta.service_model.service_id.hyphenize()
    adapter = standard.RetryEventAdapter()
    throttling = standard.ThrottlingErrorDetector(adapter)
    handler = standard.RetryHandler(
        retry_policy=standard.RetryPolicy(
            retry_checker=standard.StandardRetryConditions(max_attempts=attempts),
            retry_backoff=Backoff(throttling_detector=throttling),
        ),
        retry_event_adapter=adapter,
        retry_quota=standard.RetryQuotaChecker(quota.RetryQuota(sys.maxsize), throttling),  # type: ignore[arg-type]
    )
    # botocore's own handler comes first, and this one where that has used up its budget.
    client.meta.events.register(f"needs-retry.{service}", handler.needs_retry)


class Backoff(standard.ExponentialBackoff):
    """Waits at least as long as AWS asks for: Identity Center does while AWS KMS throttles it."""

    def delay_amount(self, context: Any) -> float:
        """Return the seconds until the next attempt."""
        asked = (context.parsed_response or {}).get("RetryAfterSeconds")
        return max(super().delay_amount(context), min(asked, LONGEST_WAIT) if isinstance(asked, int) else 0)
