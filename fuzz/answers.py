"""The changes of a case, made to the answers of AWS."""

from __future__ import annotations

import base64
import json
import re
from typing import Final

from embedded_aws import Answer, Call
from fuzz.cases import JSON_CALLS, Case
from fuzz.changes import CANARY, changed_json, changed_lines, changed_xml
from fuzz.files import REGIONS
from integration_tests.connector import Json

_CONTENT: Final = re.compile(rb"<Content>([^<]*)</Content>")


class OddAnswers:
    """A rewrite for embedded AWS that makes the changes of a case; those of events to the first one that is listed.

    `every_event_is_told` and `every_entity_is_told` say whether the answers so far list as many as they did before the
    changes: then no row may be missing, and no stream may fail.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self.every_event_is_told = True
        self.every_entity_is_told = True

    def __call__(self, call: Call, answer: Answer) -> Answer:
        case = self._case
        if answer.status != 200:
            return answer
        if call.action == "cloudtrail:LookupEvents" and case.events and call.region == REGIONS[0]:
            return Answer(200, self._events(answer.body), answer.headers)
        if call.action == "iam:GetCredentialReport" and case.report:
            return Answer(200, _CONTENT.sub(self._report, answer.body), answer.headers)
        changes = case.answers.get(call.action, ())
        if not changes:
            return answer
        if call.action in JSON_CALLS:
            self.every_entity_is_told = False
            changed = changed_json(answer.body.decode(), changes).encode("utf-8", "surrogatepass")
            return Answer(200, changed, answer.headers)
        text, whole_entities = changed_xml(answer.body, changes)
        self.every_entity_is_told &= whole_entities and call.action.startswith("iam:")
        return Answer(200, text, answer.headers)

    def _events(self, body: bytes) -> bytes:
        page = json.loads(body)
        if not page["Events"]:
            return body
        first, *others = page["Events"]
        text = changed_json(json.dumps(_with_canary(first)), self._case.events)
        self.every_event_is_told &= _is_json(text)
        rest = {name: value for name, value in page.items() if name != "Events"}
        texts = ", ".join([text, *map(json.dumps, others)])
        written = json.dumps({"Events": [], **rest}).replace("[]", f"[{texts}]", 1)
        return written.encode("utf-8", "surrogatepass")

    def _report(self, found: re.Match[bytes]) -> bytes:
        changed = changed_lines(base64.b64decode(found[1]), self._case.report)
        return b"<Content>" + base64.b64encode(changed) + b"</Content>"


def _with_canary(event: Json) -> Json:
    """Return an event that holds a secret in the places where callers and AWS put theirs."""
    record = json.loads(event["CloudTrailEvent"])
    record["requestParameters"] = {
        **(record.get("requestParameters") or {}),
        "SecurityToken": CANARY,
        "url": f"https://example.com/?X-Amz-Security-Token={CANARY}&code={CANARY}",
        "body": json.dumps({"nested": [{"masterUserPassword": CANARY}]}),
    }
    record["responseElements"] = {"credentials": {"sessionToken": CANARY, "expiration": "Nov 29, 2026"}}
    record["additionalEventData"] = {"list": [{"deviceCode": CANARY}]}
    return {**event, "CloudTrailEvent": json.dumps(record)}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True
