"""An analyzer of IAM Access Analyzer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Analyzer:
    """`summary` has the members of AnalyzerSummary, and a finding those of GetFindingV2's answer. Times are aware."""

    summary: dict[str, Any]
    findings: list[dict[str, Any]] = field(default_factory=list)
