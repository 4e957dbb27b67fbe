"""The names of secrets, each with a page of AWS on which something of that name opens something.

Case and separators do not count, and a name is a secret's where it ends with one of these: `X-Amz-Security-Token` and
`Credentials.SessionToken` end with `token`, `masterUserPassword` with `password`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

AWS: Final = "https://docs.aws.amazon.com/"
SECRETS: Final[Mapping[str, str]] = {
    "token": AWS + "STS/latest/APIReference/API_Credentials.html",
    "token_code": AWS + "STS/latest/APIReference/API_GetSessionToken.html",
    "token_value": AWS + "systems-manager/latest/APIReference/API_StartSession.html",
    "secret": AWS + "singlesignon/latest/OIDCAPIReference/API_RegisterClient.html",
    "secret_access_key": AWS + "STS/latest/APIReference/API_Credentials.html",
    "secret_key": AWS + "cognitoidentity/latest/APIReference/API_Credentials.html",
    "secret_string": AWS + "secretsmanager/latest/apireference/API_GetSecretValue.html",
    "secret_binary": AWS + "secretsmanager/latest/apireference/API_GetSecretValue.html",
    "secret_value": AWS + "cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html",
    "secret_hash": AWS + "cognito-user-identity-pools/latest/APIReference/API_SignUp.html",
    "secret_code": AWS + "cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html",
    "session_key": AWS + "IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html",
    "signature": AWS + "AmazonS3/latest/API/sigv4-query-string-auth.html",
    "authorization": AWS + "AmazonS3/latest/API/sigv4-auth-using-authorization-header.html",
    "password": AWS + "IAM/latest/APIReference/API_CreateLoginProfile.html",
    "passwords": AWS + "AmazonElastiCache/latest/APIReference/API_CreateUser.html",
    "password_data": AWS + "AWSEC2/latest/APIReference/API_GetPasswordData.html",
    "passphrase": AWS + "acm/latest/APIReference/API_ExportCertificate.html",
    "private_key": AWS + "IAM/latest/APIReference/API_UploadServerCertificate.html",
    "private_key_base64": AWS + "lightsail/2016-11-28/api-reference/API_CreateKeyPair.html",
    "key_material": AWS + "AWSEC2/latest/APIReference/API_CreateKeyPair.html",
    "plaintext": AWS + "kms/latest/APIReference/API_GenerateDataKey.html",
    "pre_shared_key": AWS + "AWSEC2/latest/APIReference/API_VpnTunnelOptionsSpecification.html",
    "auth_key": AWS + "directconnect/latest/APIReference/API_NewBGPPeer.html",
    "sse_customer_key": AWS + "AmazonS3/latest/API/API_PutObject.html",
    "encryption_customer_key": AWS + "AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html",
    "api_key_value": AWS + "eventbridge/latest/APIReference/API_CreateConnectionApiKeyAuthRequestParameters.html",
    "x_api_key": AWS + "apigateway/latest/developerguide/api-gateway-api-key-source.html",
    "basic_auth_credentials": AWS + "amplify/latest/APIReference/API_CreateBranch.html",
    "assertion": AWS + "STS/latest/APIReference/API_AssumeRoleWithSAML.html",
    "saml_response": AWS + "IAM/latest/UserGuide/troubleshoot_saml_view-saml-response.html",
    "device_code": AWS + "singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html",
    "user_code": AWS + "singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html",
    "code_verifier": AWS + "singlesignon/latest/OIDCAPIReference/API_CreateToken.html",
    "authorization_code": AWS + "glue/latest/webapi/API_OAuth2PropertiesInput.html",
    "auth_code": AWS + "appflow/1.0/APIReference/API_ConnectorOAuthRequest.html",
    "activation_code": AWS + "systems-manager/latest/APIReference/API_CreateActivation.html",
    "base32_string_seed": AWS + "IAM/latest/APIReference/API_VirtualMFADevice.html",
    "qr_code_png": AWS + "IAM/latest/APIReference/API_VirtualMFADevice.html",
}
SECRETS_OF_URLS: Final[Mapping[str, str]] = {
    # Whole names of parameters. Elsewhere, a code or a state is one of an error or an instance.
    "code": AWS + "cognito/latest/developerguide/authorization-endpoint.html",
    "state": AWS + "cognito/latest/developerguide/authorization-endpoint.html",
    "api_key": AWS + "apigateway/latest/developerguide/api-gateway-api-key-source.html",
}
HARMLESS: Final = (
    # Places in a listing, ids of requests, and versions of what is changed.
    *("next_token", "previous_token", "page_token", "pagination_token", "continuation_token", "starting_token"),
    *("forward_token", "backward_token", "client_token", "request_token", "idempotency_token", "creation_token"),
    *("change_token", "lock_token", "update_token", "version_token", "sequence_token", "conditional_token"),
    *("provision_token", "execute_token", "terminate_token", "copy_product_token", "portfolio_share_token"),
    *("lifecycle_action_token", "master_user_secret", "public_key_material"),
)
"""Endings of names that end like a secret's, and open nothing."""

_ESCAPED: Final = re.compile(r"(?<!\\)\\+u([0-9a-f]{4})|%(?:25)*([0-9a-f]{2})", re.IGNORECASE)
_SEPARATORS: Final = re.compile("[^a-z0-9]")


def bare(name: str) -> str:
    """Return a name without case and separators: `sessiontoken` of `Session-Token`."""
    return _SEPARATORS.sub("", name.lower())


# Records have few different names, but callers choose some of them.
_LONGEST_REMEMBERED: Final = 100
_SECRET_ENDINGS: Final = tuple(map(bare, SECRETS))
_HARMLESS_ENDINGS: Final = tuple(map(bare, HARMLESS))
_URL_NAMES: Final = frozenset(map(bare, SECRETS_OF_URLS))
_ALL: Final = (*SECRETS, *SECRETS_OF_URLS)
_MENTIONED: Final = re.compile(
    "|".join([*SECRETS, *(f"{name}=" for name in SECRETS_OF_URLS)]).replace("_", "[^a-z0-9]*"), re.IGNORECASE
)
_OCCURRENCES: Final = Counter(word for name in _ALL for word in name.split("_"))
# One word of each name: those that most names have, so that there are few.
_WORDS: Final = frozenset(max(name.split("_"), key=_OCCURRENCES.__getitem__) for name in _ALL)


def mentions_secret(text: str) -> bool:
    """Return whether `text` may have the name of a secret in it, unescaped."""
    lowered = text.lower()
    # Words are found ten times as fast as the pattern.
    return any(word in lowered for word in _WORDS) and _MENTIONED.search(text) is not None


def names_secret(name: str) -> bool:
    """Return whether the value of this name is a secret."""
    return _remembered(name) if len(name) <= _LONGEST_REMEMBERED else _ends_like_secret(name)


def _ends_like_secret(name: str) -> bool:
    plain = bare(name)
    return plain.endswith(_SECRET_ENDINGS) and not plain.endswith(_HARMLESS_ENDINGS)


_remembered: Final = lru_cache(maxsize=10_000)(_ends_like_secret)


def is_name(name: str) -> bool:
    """Return whether a field of this name may hold the name of the value beside it: `key` of {"key": …, "value": …}."""
    return name.lower().endswith(("name", "key"))


def is_value(name: str) -> bool:
    """Return whether a field of this name may hold the value of the name beside it."""
    return name.lower().endswith("value")


def names_secret_of_url(name: str) -> bool:
    """Return whether a URL parameter of this name is a secret."""
    return names_secret(name) or bare(name) in _URL_NAMES


def unescaped(text: str) -> str:
    r"""Return text without the escapes of JSON and URLs, however often they were escaped: T for \\u0054 and %2554."""
    return _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
