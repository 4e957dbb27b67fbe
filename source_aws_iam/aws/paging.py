"""Page after page, until AWS says that there is no more.

Only the token tells: pages may be short, and even empty, before the last one. A listing without end, or one that ends
without the token it promised, would be taken for complete, so either is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Page = Mapping[str, Any]


class LostPlaceError(Exception):
    """Nobody can tell how a listing goes on. `str()` is what AWS did, as the end of a sentence."""


def pages(one_page: Callable[..., Page], config: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[Page]:
    """Yield the pages that `one_page` returns for `request`, paged as botocore's `config` says.

    Raises LostPlaceError.
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
            raise LostPlaceError("gave the same page token twice")
        seen.add(token)
        given[config["input_token"]] = token


def _next_token(page: Page, config: Mapping[str, Any]) -> str | None:
    more, token = config.get("more_results"), page.get(config["output_token"])
    has_token = token not in (None, "")
    # AWS may leave out whether more follows.
    follows = page.get(more, has_token) if more else has_token
    if not follows:
        return None
    if not isinstance(token, str) or not token:
        raise LostPlaceError("said that more pages follow, and gave no page token that can be sent back")
    return token
