"""The strategies that make cases, and cases as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from fuzz.changes import Change
from fuzz.files import FORMS, STATES

Changes = Sequence[Change]

# The calls whose answers are changed.
XML_CALLS: Final = (
    *("iam:GetAccountAuthorizationDetails", "iam:ListUsers", "iam:ListGroups", "iam:ListRoles"),
    *("iam:ListVirtualMFADevices", "iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetAccountSummary"),
    *("iam:ListServiceSpecificCredentials", "iam:ListServerCertificates", "iam:ListInstanceProfiles"),
    *("iam:ListSSHPublicKeys", "iam:ListSigningCertificates", "iam:GetAccountPasswordPolicy"),
    *("iam:ListSAMLProviders", "iam:GetSAMLProvider", "iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"),
    *("iam:ListAccountAliases", "iam:GetAccessKeyLastUsed", "ec2:DescribeRegions", "sts:GetCallerIdentity"),
)
JSON_CALLS: Final = (
    *("organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListTagsForResource"),
    *("organizations:ListRoots", "organizations:ListOrganizationalUnitsForParent", "organizations:ListPolicies"),
    *("organizations:DescribePolicy", "organizations:ListTargetsForPolicy"),
    *("organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"),
)
_MOST_CHANGES: Final = 3
_PLACES: Final = 4_000
# JSON text that json.dumps does not write, and depths at which parsers, warehouses and Python give up.
_ODD_JSON: Final = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-0", "1180591620717411303424", "0.1234567890123456789012345678"),
    *('"\\ud83d"', '"\\udc00 \\ud83d\\ude00"', '"a\\u0000b"', '"\\u2028"', '{"": ""}', '{"a": 1, "a": 2}', '"HIDDEN"'),
    *("[" * depth + "]" * depth for depth in (70, 300, 1_500, 100_000)),
    *('{"a":' * depth + "1" + "}" * depth for depth in (300, 1_500)),
    *("", "{", '"', "[1", "nul", '{"eventVersion":"1.1'),
    # What has a meaning where it stands in a config, a catalog or a state.
    *('"full_refresh"', '"incremental"', '"list"', '"organization"', '"access_key"', '"0001-01-01T00:00:00Z"'),
    *('"9999-12-31T23:59:59Z"', '"audit_events"', '"users"', "0", "2", "1e2", '"true"', "null"),
)
# Names of members, for `rename`: those of a state are data, too.
_ODD_NAMES: Final = (
    *("", "all", "insights", '["all", "insights"]', "[1]", "123456789012", "version", "accounts", "scope"),
    *("0001-01-01T00:00:00Z/0001-01-01T00:00:00Z", "2026-02-01T00:00:00Z/2026-01-01T00:00:00Z"),
    "0001-01-01T00:00:00Z/2026-02-01T00:00:00Z",
)
_ODD_TEXT: Final = (
    *(
        "",
        " ",
        "\x00",
        "\ud83d",
        "\u202e",
        "\ufeff",
        "N/A",
        "no_information",
        "true",
        "not a time",
        "9999-99-99T99Z",
    ),
    *('"', "%", "%zz", "%00", "<a/>", "&", "1e400", "NaN", "-1", "9" * 40, "2026-01-01T00:00:00+00:00", "0001-01-01"),
)


@dataclass(frozen=True)
class Case:
    """What is changed: an event of LookupEvents, answers by call, the credential report, and the command's files.

    `form` and `saved` say of which of the files in `files` the config and the state are made.
    """

    events: Changes = ()
    answers: Mapping[str, Changes] = field(default_factory=dict)
    report: Changes = ()
    config: Changes = ()
    catalog: Changes = ()
    state: Changes = ()
    form: str = "plain"
    saved: str = "none"


def json_texts() -> st.SearchStrategy[str]:
    """JSON text of any value, and odd text in the place of JSON."""
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
    return st.sampled_from(_ODD_JSON) | anything.map(json.dumps)


def texts() -> st.SearchStrategy[str]:
    """Text of any kind, half of it with some meaning to parsers."""
    return st.sampled_from(_ODD_TEXT) | st.text(st.characters(), max_size=20) | json_texts()


def changes(of: st.SearchStrategy[str], *, at_least: int = 0) -> st.SearchStrategy[list[Change]]:
    """A few changes that put texts of `of` into places."""
    actions = st.sampled_from(("replace", "remove", "repeat", "rename", "cut"))
    one = st.builds(Change, actions, st.integers(0, _PLACES), of)
    return st.lists(one, min_size=at_least, max_size=_MOST_CHANGES)


def event_cases() -> st.SearchStrategy[Case]:
    """Cases in which an event is odd, and nothing else."""
    return st.builds(Case, events=changes(json_texts(), at_least=1))


def answer_cases() -> st.SearchStrategy[Case]:
    """Cases in which AWS's answers are odd."""
    calls = st.sampled_from((*XML_CALLS, *JSON_CALLS))
    by_call = st.dictionaries(calls, st.none(), min_size=1, max_size=4).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {call: changes(json_texts() if call in JSON_CALLS else texts(), at_least=1) for call in chosen}
        )
    )
    forms = st.sampled_from([*FORMS])
    return st.builds(Case, answers=by_call, form=forms) | st.builds(Case, report=changes(texts(), at_least=1))


def file_cases() -> st.SearchStrategy[Case]:
    """Cases in which one of the command's files is odd."""
    odd = changes(json_texts() | st.sampled_from(_ODD_NAMES), at_least=1)
    saved = st.sampled_from([name for name in STATES if name != "none"])
    return (
        st.builds(Case, config=odd, form=st.sampled_from([*FORMS]))
        | st.builds(Case, catalog=odd)
        | st.builds(Case, state=odd, saved=saved)
    )


def any_case() -> st.SearchStrategy[Case]:
    """All of them."""
    return event_cases() | answer_cases() | file_cases()


def saved(case: Case) -> str:
    """Return a case as JSON text."""
    return json.dumps(asdict(case), indent=1) + "\n"


def loaded(path: Path) -> Case:
    """Return the case in a file of the corpus."""

    def read(found: Sequence[Sequence[str | int]]) -> Changes:
        return [Change(*one) for one in found]  # type: ignore[arg-type] # as `saved` wrote them

    fields = json.loads(path.read_text("utf-8"))
    form, base = fields.pop("form"), fields.pop("saved")
    answers = {call: read(found) for call, found in fields.pop("answers").items()}
    odd: dict[str, Any] = {name: read(found) for name, found in fields.items()}
    return Case(answers=answers, form=form, saved=base, **odd)
