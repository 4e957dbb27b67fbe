"""Pages of AWS Organizations: MaxResults (1 to 20), NextToken, and pages with nothing on them.

"These operations can occasionally return an empty set of results even when more results are available":
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.errors import AwsError
from embedded_aws.server.paging import digest, seal, unseal

_LARGEST = 20


def invalid_input(reason: str) -> AwsError:
    """AWS sends the reason in a member of its own; here it is in the message, where people see it."""
    return AwsError("InvalidInputException", f"You specified an invalid value. {reason}")


def not_found(kind: str, what: str) -> AwsError:
    return AwsError(f"{kind}NotFoundException", f"You specified {what} that doesn't exist.")


def one_page(
    call: Call, ids: Iterable[str], empty_pages: int, *, repeats: bool = False
) -> tuple[list[str], dict[str, str]]:
    """The ids on the page that the call asks for, and the token if more pages follow.

    AWS documents no order, so it is shuffled. A token names the last position, so that an account that joins or leaves
    between two pages neither repeats nor hides another. With `repeats`, the last account of a page is also the first of
    the next one.
    """
    size = int(call.params.get("MaxResults", _LARGEST))
    if not 1 <= size <= _LARGEST:
        raise invalid_input(f"MaxResults must be 1 to {_LARGEST}.")
    after, blanks = _read_token(call) if "NextToken" in call.params else ("", 0)
    ordered = sorted((_order(one), one) for one in ids)
    behind = [pair for pair in ordered if pair[0] > after]
    if blanks < empty_pages:
        return [], {"NextToken": _write_token(call, after, blanks + 1)}
    shown = behind[:size]
    seen = shown[-2 if repeats else -1 :]
    more = {"NextToken": _write_token(call, seen[0][0], 0)} if len(behind) > len(shown) else {}
    return [one for _, one in shown], more


def _order(entity_id: str) -> str:
    return hashlib.sha256(entity_id.encode()).hexdigest()


def _write_token(call: Call, after: str, blanks: int) -> str:
    return seal([_purpose(call), after, blanks])


def _read_token(call: Call) -> tuple[str, int]:
    unsealed: Any = unseal(call.params["NextToken"])
    if not isinstance(unsealed, list) or unsealed[:1] != [_purpose(call)]:
        raise invalid_input("INVALID_NEXT_TOKEN")
    _, after, blanks = unsealed
    return after, blanks


def _purpose(call: Call) -> str:
    return digest(call, {"NextToken", "MaxResults"})
