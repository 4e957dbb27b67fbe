"""access_analyzer_findings: what the analyzers of each Region have found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_calls.answers import broken_answer
from source_aws_iam.streams.columns import visible
from source_aws_iam.streams.regional_stream import RegionalStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

# AWS's model has no maximum. It takes 100 at most.
_PAGE: Final = 100
# No list has them: they take a request per finding.
DETAILS: Final = ("details",)
_NOT_ASKED: Final[Mapping[str, Any]] = {**dict.fromkeys(DETAILS), "unavailable_fields": ()}


@dataclass
class Findings(RegionalStream):
    """One row per finding of an analyzer, whatever the analyzer looks for."""

    def __post_init__(self) -> None:
        """Add details to the call plan where they are selected."""
        super().__post_init__()
        if self.context.settings.finding_details:
            self.needs = {**self.needs, ", ".join(DETAILS): [["accessanalyzer.get_finding_v2"]]}

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the findings of all analyzers of one Region. Most Regions have no analyzer."""
        reader = session.reader("accessanalyzer", region, enabled=enabled)
        analyzers = list(reader.rows("list_analyzers", "analyzers", maxResults=_PAGE))
        # The findings of an analyzer without an ARN would be missing without a word.
        if not all(analyzer.get("arn") for analyzer in analyzers):
            raise broken_answer(reader.target("list_analyzers"))
        for found in reader.each("analyzers", lambda analyzer: list(_listed(reader, analyzer)), analyzers):
            yield from reader.each("findings", lambda finding: {**finding, **self._asked(reader, finding)}, found)

    def _asked(self, reader: Reader, finding: Row) -> Mapping[str, Any]:
        if not self.context.settings.finding_details:
            return _NOT_ASKED
        return visible({DETAILS: lambda: {"details": _details(reader, finding)}})


def _listed(reader: Reader, analyzer: Row) -> Iterator[Row]:
    """Yield the findings of an analyzer. Raises AbsentError for one that was deleted."""
    of_analyzer = {f"analyzer_{name}": analyzer.get(name) for name in ("arn", "name", "type")}
    for row in reader.rows("list_findings_v2", "findings", analyzerArn=analyzer["arn"], maxResults=_PAGE):
        finding_id = row.pop("id", None)
        yield {**of_analyzer, "finding_id": finding_id, **row}


def _details(reader: Reader, finding: Row) -> list[Row]:
    """Return all details of a finding. Raises AbsentError for one that was deleted."""
    named = {"analyzerArn": finding["analyzer_arn"], "id": finding["finding_id"]}
    return list(reader.rows("get_finding_v2", "findingDetails", **named))
