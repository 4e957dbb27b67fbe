"""Resources of a call."""

from __future__ import annotations

from unit_tests.security_lake.events import ACCOUNT, mapped, record


def test_resources_are_named_and_what_has_no_place_is_kept() -> None:
    bucket = {"ARN": "arn:aws:s3:::logs", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}
    prefix = {"ARNPrefix": "arn:aws:s3:::logs/", "type": "AWS::S3::Object"}
    whole = mapped(record("ListObjects", "s3", resources=[bucket, prefix]))
    odd = mapped(record("ListObjects", "s3", resources=[bucket, {"type": "AWS::S3::Object"}]))
    more = mapped(record("ListObjects", "s3", resources=[{**bucket, "owner": "x"}]))

    assert whole["resources"] == [
        {
            "uid": "arn:aws:s3:::logs",
            "type": "AWS::S3::Bucket",
            "owner": {"account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10}},
        },
        {"name": "arn:aws:s3:::logs/", "type": "AWS::S3::Object"},
    ]
    assert "resources" not in whole["unmapped"]
    assert len(odd["resources"]) == 1
    assert odd["unmapped"]["resources"].startswith('[{"ARN":')
    assert more["resources"] == whole["resources"][:1]
    assert '"owner":"x"' in more["unmapped"]["resources"]
