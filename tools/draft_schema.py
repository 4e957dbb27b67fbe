"""Print the JSON schema of a plain stream, drafted from botocore's model of what AWS answers.

    python tools/draft_schema.py iam.list_server_certificates ServerCertificateMetadataList \
        > source_aws_iam/schemas/server_certificates.json

The arguments are the `operation` and the `records` of the stream's manifest entry; further ones are the columns of its
key, which are never null. With `region` among them, the stream is one of Regions. The descriptions are AWS's own words:
shorten them to what a reader of the table needs.
"""

import html
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import Session

Schema = dict[str, Any]

# What every row says of where it came from (streams/account_stream.py, streams/regional_stream.py).
ORIGIN: Schema = {
    "account_id": {"description": "The account that was read, 12 digits.", "type": "string"},
    "partition": {"description": "The AWS partition of the account: aws, aws-us-gov, aws-cn, …", "type": "string"},
}
REGION: Schema = {"description": "The Region that was read.", "type": "string"}
TAGS: Schema = {"type": ["null", "object"], "additionalProperties": {"type": ["null", "string"]}}
TYPES = {"boolean": "boolean", "integer": "integer", "long": "integer", "float": "number", "double": "number"}


def draft(call: str, records: str, keys: Sequence[str] = ()) -> Schema:
    """Return the schema of the rows in `records` of what `call` ("iam.list_users") answers."""
    service, operation = call.split(".")
    model = Session().get_service_model(service)
    name = next(name for name in model.operation_names if xform_name(name) == operation)
    answer: Any = model.operation_model(name).output_shape
    region = {"region": REGION} if "region" in keys else {}
    columns = {**ORIGIN, **region, **_properties(answer.members[records].member, ())}
    if "tags" in columns:
        columns["tags"] = {"description": "The tags, as one object.", **TAGS}
    for key in keys:
        columns[key]["type"] = "string"
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": re.sub("^[a-z]+_", "", operation),
        "description": f"One row per item of {records} ({model.signing_name}:{name}).",
        "type": "object",
        "additionalProperties": True,
        "properties": columns,
    }


def _properties(shape: StructureShape, inside: tuple[str, ...]) -> Schema:
    return {
        xform_name(name): {
            "description": _text(member.documentation) or f"{name}, as AWS gives it.",
            **_type(member, (*inside, shape.name)),
        }
        for name, member in shape.members.items()
    }


def _type(shape: Shape, inside: tuple[str, ...]) -> Schema:
    """Return the type that `aws.values.plain` gives to values of `shape`; a shape within itself stays open."""
    if isinstance(shape, StructureShape):
        properties = {} if shape.name in inside else {"properties": _properties(shape, inside)}
        return {"type": ["null", "object"], "additionalProperties": True, **properties}
    if isinstance(shape, ListShape):
        return {"type": ["null", "array"], "items": _type(shape.member, inside)}
    if isinstance(shape, MapShape):
        return {"type": ["null", "object"], "additionalProperties": _type(shape.value, inside)}
    if shape.type_name == "timestamp":
        return {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
    if shape.name == "policyDocumentType":
        return {"type": ["null", "object"], "additionalProperties": True}
    return {"type": ["null", TYPES.get(shape.type_name, "string")]}


def _text(documentation: str) -> str:
    """Return the first sentence of botocore's HTML as plain text."""
    words = " ".join(html.unescape(re.sub("<[^>]+>", " ", documentation)).split())
    return re.sub(r" ([.,;:)])", r"\1", re.split(r"(?<=\.) (?=[A-Z])", words)[0])


def main(arguments: Sequence[str]) -> None:
    """Print the draft for the arguments of the command line."""
    try:
        call, records, *keys = arguments
    except ValueError:
        sys.exit(__doc__)
    print(json.dumps(draft(call, records, keys), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
