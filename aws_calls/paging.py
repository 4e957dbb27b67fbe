"""Paging: page after page, until AWS gives no token for another.

Only the token says that there are more pages: a page may be short, and even empty, before the last one. A token that
comes twice would make a listing without end, and a missing one would make it seem complete. So both are errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Page = Mapping[str, Any]


class BrokenPagingError(Exception):
    """A listing cannot be read to its end. `str()` is what AWS did, as the end of a sentence."""


def pages(one_page: Callable[..., Page], config: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[Page]:
    """Yield the pages that `one_page` returns for `request`, paged as botocore's `config` says.

    Raises BrokenPagingError.
    """
    given = dict(request)
    seen: set[str] = set()
    while True:
        page = one_page(**given)
        yield page
        token = _next_token(page, config)
        if token is None:
            return
        if token in seen:
            raise BrokenPagingError("gave the same pagination token twice")
        seen.add(token)
        given[config["input_token"]] = token


def _next_token(page: Page, config: Mapping[str, Any]) -> str | None:
    more, token = config.get("more_results"), page.get(config["output_token"])
    has_token = token not in (None, "")
    # AWS may leave out the member that says whether more pages follow.
    follows = page.get(more, has_token) if more else has_token
    if not follows:
        return None
    if not isinstance(token, str) or not token:
        raise BrokenPagingError("said that more pages follow, and gave no pagination token that can be sent back")
    return token
