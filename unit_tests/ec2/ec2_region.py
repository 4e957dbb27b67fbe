"""Streams of EC2 as the manifest declares them, read from one Region of embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.server.cloud import Resource
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.session import Session
from source_aws_iam.config import Settings
from source_aws_iam.source import SourceAwsIam
from source_aws_iam.streams.regional_stream import RegionalStream
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.context import SYNC_CONTEXT, SyncContext
from unit_tests.iam.aws_answers import CORE
from unit_tests.inventory import slice_of

Row = dict[str, Any]
REGION = "us-east-1"
DECLARED = {stream["name"]: stream for stream in SourceAwsIam().resolved_manifest["streams"]}
OF_CONSTRUCTOR = ("needs", "operation", "records", "items", "parent_columns", "shared_list")


class Ec2Region:
    """The only Region of an account: what is planted there, and the rows of it."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        self._settings = Settings.of(aws.key_config(regions=[REGION]))
        self._clients = SourceClients(self._settings.options, attempts=1, core=CORE)

    def plant(self, records: str, *resources: Resource) -> None:
        """Have exactly these resources in a list, under AWS's names."""
        self.planted(records)[:] = resources

    def planted(self, records: str) -> list[Resource]:
        return self.aws.ec2[self.aws.account_id, REGION][records]

    def asked(self, action: str) -> int:
        """Return how often an action was asked for so far."""
        return self.aws.requests[self.aws.account_id, REGION, action]

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a stream, which a sync of its own reads."""
        return self.read(self.stream(name))

    def stream(self, name: str) -> RegionalStream:
        declared = DECLARED[name]
        retriever = declared["retriever"]
        module, _, component = retriever["class_name"].rpartition(".")
        given = {key: retriever[key] for key in OF_CONSTRUCTOR if key in retriever}
        stream: RegionalStream = getattr(import_module(module), component)(
            name=name, config=self.config(), primary_key=declared["primary_key"], **given
        )
        return stream

    def read(self, stream: RegionalStream) -> list[Row]:
        return [dict(row) for row in stream.read_records({}, slice_of(self.aws.account_id))]

    def config(self) -> Mapping[str, Any]:
        """Return the config of a new sync."""
        session = self.session()
        account = AccountHandle(session, kept=True)
        return {SYNC_CONTEXT: SyncContext(self._settings, session, find_accounts=lambda: [account])}

    def session(self) -> Session:
        return Session.of_credentials(self._clients)


@contextmanager
def ec2_region(page_cap: int | None = None) -> Iterator[Ec2Region]:
    """Serve an account with nothing in it. No page has more items than `page_cap`."""
    with EmbeddedAws(regions=[REGION], page_cap=page_cap) as aws:
        yield Ec2Region(aws)
