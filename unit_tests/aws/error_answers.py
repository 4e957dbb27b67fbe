"""Error answers of AWS, as botocore raises them, and the AwsErrors for them."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from aws_calls.answers import from_aws
from aws_calls.errors import AwsError, Target

TARGET = Target("iam:ListUsers", "123456789012", "us-east-1", "https://iam.amazonaws.com")
ASSUMING = Target("sts:AssumeRole", "123456789012", "us-east-1", "https://sts.us-east-1.amazonaws.com")


def answer(code: str | None, message: str = "AWS's words", status: int = 400, request_id: str = "r-1") -> ClientError:
    metadata: dict[str, Any] = {"HTTPStatusCode": status} | ({"RequestId": request_id} if request_id else {})
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
    return ClientError(response, "ListUsers")


def meaning_of(error: Exception, target: Target = TARGET) -> AwsError:
    meaning = from_aws(error, target)
    assert isinstance(meaning, AwsError)
    return meaning
