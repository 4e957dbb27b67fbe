"""The boto3 clients of a sync, and what is read otherwise than botocore does."""

from __future__ import annotations

from typing import Any

from botocore.handlers import json_decode_policies

from aws_calls.clients import Clients
from source_aws_iam.aws.lookup_events import keep_odd_events


class SourceClients(Clients):
    """The clients of the connector."""

    product = "source-aws-iam"

    def adapt(self, client: Any) -> None:
        # values.py decodes policy documents: botocore's handler raises where one is nested too deep.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
        if client.meta.service_model.service_name == "cloudtrail":
            keep_odd_events(client)
