"""Failures before AWS has answered: settings of this machine, certificates, proxies and the network.

The values of proxy variables and the contents of files are never quoted, because they may contain a password.
"""

from __future__ import annotations

import os
import re
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from botocore import exceptions as botocore_errors

from aws_calls.core import ca_bundle
from aws_calls.errors import AwsError, Outcome, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_A_HEADER: Final = (
    "{target} could not be sent: the access key id or the session token holds a line break or another character that "
    "no HTTP header may have. Remove it where the credentials come from."
)
_NO_ANSWER: Final = (
    "{target} got no answer from {target.endpoint} ({name}). Check region, endpoint_url, the network and its "
    "proxies, then sync again."
)
_PROXY: Final = "{target} could not pass the proxy of the variable {proxy}{status}. {cure}"
_REFUSED_BY_PROXY: Final = re.compile(r"Tunnel.*?: (4\d\d)")
_WRONG_PROXY: Final = (
    "{target} could not be sent: the variable {proxy} holds no proxy URL. It must look like scheme://host:port or "
    "scheme://user:password@host:port, where characters of the password such as / # ? @ are written as %2F %23 %3F %40."
)
_WRONG_ENDPOINT: Final = (
    "{target} could not be sent: {setting} is not a URL that AWS's SDK accepts. It must look like https://host or "
    "https://host:port, with a port of at most 65535."
)
_CERTIFICATE: Final = (
    "{target} was stopped, because the certificate of {target.endpoint} is not accepted: {why}. {cure}"
)
# https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
_EXPIRED: Final = {9: "it is not valid yet", 10: "it has expired"}
_WRONG_NAME: Final = frozenset({62, 64})


def from_environment(error: Exception, target: Target) -> AwsError | None:
    """Return the AwsError that `error` means, or None where it is a bug."""
    name = type(error).__name__
    sentence = _setting(error, target) or _certificate(error, target) or _address(error, target)
    if sentence:
        return AwsError(Outcome.ACT, sentence, code=name, target=target)
    if isinstance(error, botocore_errors.ProxyConnectionError):
        return _proxy_failed(error, target)
    if isinstance(error, (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)):
        return AwsError(Outcome.LATER, _NO_ANSWER.format(target=target, name=name), code=name, target=target)
    return None


def profile_variable() -> str:
    """Return the name of the variable that names the profile."""
    return next((name for name in ("AWS_DEFAULT_PROFILE", "AWS_PROFILE") if name in os.environ), "AWS_PROFILE")


def unreadable(error: OSError) -> str:
    """Return e.g. "/run/token cannot be read (No such file or directory)"."""
    return f"{error.filename or 'a file'} cannot be read ({error.strerror or type(error).__name__})"


def _setting(error: Exception, target: Target) -> str | None:
    """Return the sentence about a profile, a shared file or a variable that botocore does not accept."""
    if isinstance(error, botocore_errors.ProfileNotFound):
        profile, variable = str(_about(error, "profile")), profile_variable()
        if not profile:
            return f"{target} needs credentials, and {variable} is set but empty. Name a profile in it, or remove it."
        return (
            f'{target} needs credentials, and the profile "{profile}" that {variable} names is in none of the shared '
            "files (~/.aws/config and ~/.aws/credentials, or those of AWS_CONFIG_FILE and "
            f"AWS_SHARED_CREDENTIALS_FILE), or they cannot be read. Name another one, or remove {variable}."
        )
    if isinstance(error, botocore_errors.ConfigParseError):
        path = _about(error, "path")
        return f"{target} needs credentials, and the file {path} is no AWS config file that can be read. Correct it."
    if isinstance(error, (botocore_errors.EndpointProviderError, botocore_errors.BaseEndpointResolverError)):
        return (
            f"{target} has no address. Check region, and whether AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT "
            "are meant for it: not every service of every Region has such addresses."
        )
    if isinstance(error, OSError) and error.filename:
        return f"{target} could not be sent: {unreadable(error)}. Correct or remove the variable that names it."
    return None


def _certificate(error: Exception, target: Target) -> str | None:
    if not isinstance(error, botocore_errors.SSLError):
        return None
    bundle = ca_bundle()
    named = f"the certificate bundle that {bundle or 'ca_bundle of the profile'} names"
    causes = list(_causes(error))
    rejected = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    # urllib3 compares names itself.
    if any(type(cause).__name__ == "CertificateError" for cause in causes) or (
        rejected and rejected.verify_code in _WRONG_NAME
    ):
        cure = "Check endpoint_url, DNS, and what answers in its place."
        return _CERTIFICATE.format(target=target, why="it was issued for another name or address", cure=cure)
    if rejected is None:
        missing = any(isinstance(cause, (FileNotFoundError, IsADirectoryError)) for cause in causes)
        if missing or (bundle and not _holds_certificates(os.environ[bundle])):
            return (
                f"{target} could not be sent: {named} is missing, is a folder, or holds no certificates. Let it name a "
                "PEM file, or remove it."
            )
        return None
    code = rejected.verify_code
    if code in _EXPIRED:
        cure = "Renew it, or the proxy's that stands before it, and check this machine's clock."
        return _CERTIFICATE.format(target=target, why=_EXPIRED[code], cure=cure)
    cure = (
        "If a proxy or a private endpoint answers there, let AWS_CA_BUNDLE name a PEM file with its root certificate."
    )
    why = f"its issuer is not in {named}" if bundle else "its issuer is unknown"
    return _CERTIFICATE.format(target=target, why=f"{why} ({rejected.verify_message})", cure=cure)


def _address(error: Exception, target: Target) -> str | None:
    """Return the sentence about an address of AWS or of a proxy, or about a value for a header."""
    if isinstance(error, botocore_errors.InvalidRegionError):
        name = _about(error, "region_name")
        return f"{target} could not be sent: {name} is no Region. Correct region, or sso_region of the profile."
    cause = _about(error, "error")
    if (type(cause) is ValueError and str(cause).startswith("Invalid header")) or isinstance(cause, UnicodeEncodeError):
        return _NOT_A_HEADER.format(target=target)
    proxy = _proxy(target.endpoint)
    # An address of AWS that is no URL is an error before anything is sent.
    if proxy and isinstance(cause, (ValueError, OSError)) and not isinstance(error, botocore_errors.ConnectionError):
        return _WRONG_PROXY.format(target=target, proxy=proxy)
    if isinstance(error, ValueError) or isinstance(cause, ValueError):
        variables = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
        setting = " or ".join(["endpoint_url", *sorted(variables)])
        return _WRONG_ENDPOINT.format(target=target, setting=setting)
    return None


def _proxy_failed(error: botocore_errors.ProxyConnectionError, target: Target) -> AwsError:
    proxy, said = _proxy(target.endpoint) or "HTTPS_PROXY", str(_about(error, "error"))
    outcome, status = Outcome.LATER, ""
    cure = "Check its host and port, and whether it runs, then sync again."
    rejected = _REFUSED_BY_PROXY.search(said)
    if rejected and rejected[1] == "407":
        outcome, status = Outcome.ACT, " (407: it asks for a user and a password)"
        cure = "Enter both in it, as scheme://user:password@host:port."
    elif rejected:
        outcome, status = Outcome.ACT, f" (it refused with {rejected[1]})"
        cure = f"Let the proxy allow {target.endpoint}, or name that host in NO_PROXY."
    sentence = _PROXY.format(target=target, proxy=proxy, status=status, cure=cure)
    return AwsError(outcome, sentence, code=type(error).__name__, target=target)


def _about(error: Exception, name: str) -> Any:
    """Return an argument that botocore's `error` was made with."""
    return getattr(error, "kwargs", {}).get(name)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that caused `error`, through the layers of botocore and urllib3."""
    inner = _about(error, "error") if isinstance(error, Exception) else None
    for cause in (inner, error.__cause__, *error.args):
        if isinstance(cause, BaseException):
            yield cause
            yield from _causes(cause)


def _holds_certificates(path: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:
        return False
    return True


def _proxy(endpoint: str) -> str | None:
    """Return the name of the variable that names the proxy on the way to `endpoint`, or None where there is none."""
    try:
        scheme, host = urlsplit(endpoint).scheme or "https", urlsplit(endpoint).netloc
    except ValueError:
        return None
    if scheme not in getproxies() or proxy_bypass(host):
        return None
    return next((name for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()) if name in os.environ), None)
