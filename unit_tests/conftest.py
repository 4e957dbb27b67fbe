"""What all unit tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A loaded machine makes no example wrong.
settings.register_profile("not by the clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("not by the clock")
