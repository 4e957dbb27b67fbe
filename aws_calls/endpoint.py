"""Whether botocore and urllib3 can send requests to an endpoint that a user entered."""

from __future__ import annotations

from urllib.parse import urlsplit

from botocore.utils import is_valid_endpoint_url, is_valid_ipv6_endpoint_url
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url


def unusable(url: str) -> str | None:
    """Return what is wrong with `url`, as a phrase to follow its name, or None. It never quotes the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
        parse_url(url)
    except (ValueError, LocationParseError):
        return "is no web address: its host or port cannot be read"
    if "@" in parts.netloc:
        return "must not hold a user name or password: AWS takes neither, and it would be printed"
    if parts.query or parts.fragment:
        return "must end with its host, port or path: what follows ? or # would be lost"
    if not (is_valid_endpoint_url(url) or is_valid_ipv6_endpoint_url(url)):
        return "is no web address: its host is no name or address"
    return "has port 0, to which nothing can be sent" if port == 0 else None
