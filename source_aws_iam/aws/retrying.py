"""Every call is tried as often as it was told to be, whatever became of other calls.

botocore gives all calls of a client one budget of retries. Here a client serves all accounts and threads, so some three
dozen hiccups at the same time would use it up, and from then on the first hiccup of anybody's call would be its end.
"""

from __future__ import annotations

import sys
from typing import Any

from botocore.retries import quota, standard


def retry_each_call(client: Any, attempts: int) -> None:
    """Try each call through `client` up to `attempts` times, with the conditions and waits of botocore's standard mode.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    service = client.meta.service_model.service_id.hyphenize()
    adapter = standard.RetryEventAdapter()
    throttling = standard.ThrottlingErrorDetector(adapter)
    handler = standard.RetryHandler(
        retry_policy=standard.RetryPolicy(
            retry_checker=standard.StandardRetryConditions(max_attempts=attempts),
            retry_backoff=standard.ExponentialBackoff(throttling_detector=throttling),
        ),
        retry_event_adapter=adapter,
        retry_quota=standard.RetryQuotaChecker(quota.RetryQuota(sys.maxsize), throttling),  # type: ignore[arg-type]
    )
    event, name = f"needs-retry.{service}", f"retry-config-{service}"
    client.meta.events.unregister(event, unique_id=name)
    client.meta.events.register(event, handler.needs_retry, unique_id=name)
