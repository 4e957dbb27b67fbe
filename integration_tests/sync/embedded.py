"""A sync of embedded AWS, whose every row can be compared with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws, Seed
from embedded_aws.control.changes import Changes, changes
from embedded_aws.scenarios.access import plant_access
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE
from embedded_aws.scenarios.risks import plant_risks
from embedded_aws.server.event_shape import Record
from embedded_aws.server.trail_files import UnreadableFileError
from embedded_aws.truth import Tables, lasting
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.many_accounts import truth_of_accounts
from embedded_aws.truth.trail import read_from_trail
from integration_tests.sync.client import Connector, RefusedError
from integration_tests.sync.questions import ask
from integration_tests.sync.report import Sync, report, report_nulls
from integration_tests.sync.screen import Screen
from integration_tests.sync.steps import BUILD, REPORT, connect, database, model, sync
from integration_tests.sync.trail import OrganizationTrail
from integration_tests.sync.warehouse import tables

EXTERNAL_ID = "of-the-whole-organization"
_FILE = BUILD / "aws_iam.duckdb"


def sync_embedded_aws(screen: Screen, folder: Path | None, *, with_trail: bool = False) -> bool:
    """Sync, let things happen, sync again. Returns whether the warehouse holds what AWS holds, and the models pass.

    With a folder of CloudTrail log files, these are the account's event history. `with_trail`, events are read from the
    log files of the organization's trail, which delivers those of the folder too.
    """
    with ExitStack() as stack:
        with screen.step("Starting embedded AWS") as step:
            seed = Seed(events=0) if folder else Seed()
            aws = stack.enter_context(EmbeddedAws(seed=seed, lookup_rate=None))
            plant_risks(aws)
            accounts = open_company(aws, EXTERNAL_ID, sign_ins=not folder)
            plant_access(aws, accounts)
            played = _play(aws, folder) if folder else []
            step.result = (
                f"{len(accounts)} accounts, {_count(aws, accounts):,} users, {len(aws.events.visible()):,} events"
            )
        trail = _open_trail(aws, accounts, played, screen) if with_trail else None
        source = {"audit_source": trail.config} if trail else {}
        connector = connect(organization_config(aws, **source), screen)
        _FILE.unlink(missing_ok=True)
        warehouse = stack.enter_context(database(_FILE))
        first = _sync(aws, connector, warehouse, "sync 1", screen)
        changed = changes(aws)
        screen.say(_told(changed))
        if trail:
            trail.deliver()
        truth = truth_of_accounts(aws, accounts)
        truth = read_from_trail(aws, truth) if trail else truth
        second = _sync(aws, connector, warehouse, "sync 2", screen)
        loaded = tables(warehouse, truth)
        report([first, second], {stream: len(rows) for stream, rows in loaded.items()}, screen)
        ask(warehouse, screen)
        if not trail:
            now = aws.now()
            truth, loaded = lasting(truth, now), lasting(loaded, now)
        if folder:
            left_out = "Insights" if trail else "Insights, or older than 90 days"
            _report_played(played, truth, loaded, left_out, screen)
        agreed = _agree(truth, loaded, screen)
        passed = model(warehouse, _FILE, f"The organization of account {aws.account_id} of embedded AWS", screen)
    screen.say(f"Database: {_FILE}\nReport: {REPORT}")
    return agreed and passed


def organization_config(aws: EmbeddedAws, **overrides: Any) -> dict[str, Any]:
    """A config that reads the management account and all others, as `open_company` opens them."""
    scope = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID}
    accounts = {**scope, "include_management_account": True}
    return aws.config(accounts=accounts, lookup_requests_per_second=1000, iam_requests_per_second=1000, **overrides)


def _open_trail(
    aws: EmbeddedAws, accounts: Sequence[str], played: Sequence[Record], screen: Screen
) -> OrganizationTrail:
    with screen.step("Delivering log files of the organization's trail") as step:
        trail = OrganizationTrail(aws, accounts, played)
        step.result = f"{trail.deliver():,} files, {len(trail.trail.digests_at):,} digests"
    return trail


def _count(aws: EmbeddedAws, accounts: list[str]) -> int:
    return sum(len(aws.users_truth(one)) for one in accounts)


def _play(aws: EmbeddedAws, folder: Path) -> list[Record]:
    try:
        records = aws.events.load_folder(folder)
    except UnreadableFileError as error:
        raise RefusedError(str(error)) from error
    if not records:
        raise RefusedError(f"{folder} holds no CloudTrail log files: no .json or .json.gz file with Records.")
    aws.regions.extend(sorted({record["awsRegion"] for record in records} - set(aws.regions)))
    return records


def _sync(aws: EmbeddedAws, connector: Connector, warehouse: Any, title: str, screen: Screen) -> Sync:
    aws.reset_requests()
    done = sync(connector, warehouse, title, screen)
    done.requests = aws.requests
    return done


def _told(changed: Changes) -> str:
    return (
        f"Meanwhile in AWS … {len(changed.created_users)} users created, {changed.left_user} removed from "
        f"{changed.left_group}, {len(changed.new_event_ids)} new events, and one that is half an hour late"
    )


def _report_played(played: list[Record], truth: Tables, loaded: Tables, left_out: str, screen: Screen) -> None:
    ids = {record["eventID"] for record in played}
    report_nulls([row for row in loaded["audit_events"] if row["event_id"] in ids], screen)
    beyond = len(ids - {row["event_id"] for row in truth["audit_events"]})
    if beyond:
        screen.say(f"{beyond:,} of {len(ids):,} events were left out: {left_out}.")


def _agree(truth: Tables, loaded: Tables, screen: Screen) -> bool:
    found = first_differences(truth, loaded)
    if found:
        screen.say("\nGround truth: these are the first differences", style="bold")
        screen.say("\n".join(found))
        return False
    rows = ", ".join(f"{len(rows):,} {stream}" for stream, rows in truth.items())
    screen.say(f"\nGround truth: every row agrees ({rows}), the late event included", style="bold")
    return True
