"""Secrets are redacted wherever they have their name, and nothing else is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.record.secret_names import SECRETS, SECRETS_OF_URLS, mentions_secret, unescaped
from source_aws_iam.cloudtrail.record.secrets import REDACTED, redacted, redacted_text, without_secrets

Json = Any

# Characters of tokens in base64 and in URLs, which make it no value that opens nothing.
CANARIES = st.text("abcXYZ019+/=-_.", min_size=8, max_size=30).map(lambda text: f"canary{text}")
ANY_TEXT = st.text(st.characters(exclude_categories=()))
PREFIXES = ("", "x-amz-", "Credentials.", "oauth_", "db")


def names(endings: Iterable[str], prefixes: Iterable[str]) -> st.SearchStrategy[str]:
    """Names as services write them: X-Amz-Security-Token, session_token, Credentials.SecretAccessKey."""
    return st.builds(
        lambda prefix, ending, style, separator: prefix + separator.join(map(style, ending.split("_"))),
        st.sampled_from(list(prefixes)),
        st.sampled_from(list(endings)),
        st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
        st.sampled_from(["", "-", "_", "."]),
    )


SECRET_NAMES = names(SECRETS, PREFIXES)
# What stands around a value in a record, from the inside to the outside.
AROUND_VALUES: list[Callable[[Json], Json]] = [
    lambda value: {"requestParameters": value},
    lambda value: [None, value, {"nextToken": "n"}],
    lambda value: {"text": json.dumps(value)},
    lambda value: {"text": json.dumps(value, ensure_ascii=True, indent=1)},
    lambda value: {"text": "Denied: " + json.dumps(value) + " was refused."},
    lambda value: {"url": "https://example.com/?a=1&policy=" + quote(json.dumps(value), safe="") + "&b=2"},
    lambda value: "https://example.com/callback?" + urlencode({"region": "us-east-1", "session": json.dumps(value)}),
]


@given(SECRET_NAMES, CANARIES, st.lists(st.sampled_from(AROUND_VALUES), max_size=5))
def test_the_value_of_a_secret_name_never_comes_out(
    name: str, canary: str, around: list[Callable[[Json], Json]]
) -> None:
    record: Json = {"a": "before", name: canary, "z": "after"}
    for put in around:
        record = put(record)
    text = json.dumps({"event": record}, separators=(",", ":"))
    made = redacted({"event": record})
    assert canary not in json.dumps(made)
    assert without_secrets({"event": record}, text) == made
    assert "canary" not in redacted_text(text)
    assert "before" in json.dumps(made)
    assert "after" in json.dumps(made)


@given(
    SECRET_NAMES | names(SECRETS_OF_URLS, [""]),
    CANARIES,
    st.integers(0, 3),
    st.sampled_from(["?", "?a=b&", "#", "?a&amp;"]),
)
def test_a_secret_in_an_url_never_comes_out_however_often_the_url_is_quoted(
    name: str, canary: str, times: int, before: str
) -> None:
    url = f"https://example.com/{before}{name}={quote(canary, safe='')}&region=us-east-1"
    for _ in range(times):
        url = "https://example.com/?next=" + quote(url, safe="")
    made = redacted_text(url)
    assert "canary" not in made
    assert made.endswith("us-east-1")


@given(SECRET_NAMES, CANARIES, st.integers(0, 3), st.data())
def test_a_secret_in_text_that_was_cut_short_never_comes_out(
    name: str, canary: str, times: int, data: st.DataObject
) -> None:
    text = json.dumps({"eventVersion": "1.1", name: canary, "z": [1]})
    for _ in range(times):
        text = json.dumps({"text": text})
    begin = text.index(name)
    cut = data.draw(st.integers(begin, len(text)))
    assert "canary" not in redacted_text(text[:cut])


@given(SECRET_NAMES, CANARIES, st.data())
def test_a_name_with_escapes_is_the_same_name(name: str, canary: str, data: st.DataObject) -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" if data.draw(st.booleans()) else letter for letter in name)
    text = f'{{"{escaped}":"{canary}","z":1}}'
    for _ in range(3):
        assert "canary" not in redacted_text(text)
        assert "canary" not in json.dumps(redacted({"text": text}))
        text = json.dumps(text)
    percent = "".join(f"%{ord(letter):02X}" if data.draw(st.booleans()) else letter for letter in name)
    assert "canary" not in redacted_text(f"https://example.com/?{percent}={canary}&z=1")


@given(st.recursive(CANARIES, lambda inner: st.lists(inner, min_size=1) | st.dictionaries(ANY_TEXT, inner, min_size=1)))
@example(1234)
@example("canary \\ \" ' ] } & < \n")
def test_everything_below_the_name_of_a_secret_is_redacted(value: Json) -> None:
    record = {"password": value, "z": [1]}
    assert redacted(record) == {"password": REDACTED, "z": [1]}
    for text in (json.dumps(record), json.dumps({"text": json.dumps(record)})):
        assert redacted_text(text) == text.replace(json.dumps(value), f'"{REDACTED}"', 1) or "\\" in text
        made = json.loads(redacted_text(text))
        assert (json.loads(made["text"]) if "text" in made else made) == {"password": REDACTED, "z": [1]}


@pytest.mark.parametrize(
    "record",
    [
        {"nextToken": "n", "clientToken": "c", "clientRequestToken": "r", "ClientToken": "c", "idempotencyToken": "i"},
        {"tokenType": "Bearer", "httpTokens": "required", "maxTokens": 100, "tokenId": "t", "sequenceToken": "49"},
        {"passwordResetRequired": True, "resetPassword": True, "manageMasterUserPassword": "true"},
        {"password": None, "sessionToken": "", "masterUserPassword": "****", "tokens": ["a"], "secret": {}},
        {"sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS", "keyMaterial": "<sensitiveDataRemoved>"},
        {"passwordLastUsed": "2026-01-01T00:00:00Z", "secretId": "s", "secretArn": "arn:aws:secretsmanager:::secret:s"},
        {"accessKeyId": "AKIAEXAMPLE", "accessKey": {"accessKeyId": "AKIAEXAMPLE"}, "keyId": "k", "apiKey": "k"},
        {"masterUserSecret": {"secretArn": "arn", "secretStatus": "active"}, "publicKeyMaterial": "ssh-rsa"},
        {"state": "running", "code": 16, "errorCode": "AccessDenied", "instanceState": {"code": 16, "name": "running"}},
        {"url": "https://example.com/?X-Amz-Credential=AKIA%2F20260101&X-Amz-Date=2026&nextToken=n&isauthcode=true"},
        {"errorMessage": "Invalid token: it has expired. Password: at least 14 characters. code=400 state=running"},
        {"errorMessage": "User: arn:aws:iam::1:user/a is not authorized to perform: secretsmanager:GetSecretValue"},
        {"policy": json.dumps({"Condition": {"Bool": {"aws:SecureTransport": "false"}}, "token_type": "x"})},
        {"user-agent": "Boto3/1.44 md/Botocore#1.44 cfg/retry-mode#standard lang=python"},
        {
            "Tags": [
                {"Key": "team", "Value": "token"},
                {"Key": "secretArn", "Value": "arn:aws:secretsmanager:::secret:s"},
            ]
        },
        {"name": "clientToken", "value": "c", "b": {"value": "v"}, "c": [{"name": "token"}, {"value": "v"}]},
        {"c": json.dumps([{"name": "token"}, {"value": "v"}]), "image": "1.dkr.ecr.amazonaws.com/refresh-token:v1"},
        {"url": "https://example.com:8080/a@b", "to": "mailto:ana@example.com", "issuer": "https://ana@example.com/"},
        {"arn": "arn:aws:ssm:us-east-1:123456789012:parameter/db/masterPassword:3", "mfa": "mfaAuthenticated = true"},
        {
            "passwordLastUsed": "2026",
            "signatureVersion": "SigV4",
            "AuthenticationMethod": "AuthHeader",
            "sharedEventID": "s",
        },
        {"a": "say \"token\" and 'secret', or 1 > token", "b": "token", "c": "?code", "d": "<token>"},
    ],
)
def test_what_identifies_or_describes_stays(record: Json) -> None:
    assert redacted(record) == record
    assert redacted_text(json.dumps(record)) == json.dumps(record)


@given(ANY_TEXT)
def test_text_without_secrets_stays(text: str) -> None:
    # Hypothesis also tries words of the code.
    assume("@" not in text and not mentions_secret(unescaped(text)))
    assert redacted({"a": [text]}) == {"a": [text]}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (
            "https://example.com/#access_token=abc&token_type=b",
            "https://example.com/#access_token=REDACTED&token_type=b",
        ),
        (
            "https://example.com/?X-Amz-Security%2DToken=abc#top",
            "https://example.com/?X-Amz-Security%2DToken=REDACTED#top",
        ),
        ("https://example.com/?code\\u003dabc\\u0026b=c", "https://example.com/?code\\u003dREDACTED\\u0026b=c"),
        ("X-Amz-Security-Token: abc\nHost: b", "X-Amz-Security-Token: REDACTED\nHost: b"),
        ("Authorization: Bearer abc\nHost: b", "Authorization: REDACTED\nHost: b"),
        ("<SessionToken>abc</SessionToken><a>b</a>", "<SessionToken>REDACTED</SessionToken><a>b</a>"),
        ("{'SessionToken': 'abc', 'a': 'b'}", "{'SessionToken': 'REDACTED', 'a': 'b'}"),
        ("password='a b' c", "password='REDACTED' c"),
        ('aws_session_token = "a" b', 'aws_session_token = "REDACTED" b'),
        ("aws_session_token = a&b\nregion = c", "aws_session_token = REDACTED\nregion = c"),
        ("{password:'a',b:1}", "{password:'REDACTED',b:1}"),
        ("db:\n  password: a\n  user: b", "db:\n  password: REDACTED\n  user: b"),
        (
            "{AccessKeyId: A,SecretAccessKey: b,SessionToken: c d}",
            "{AccessKeyId: A,SecretAccessKey: REDACTED,SessionToken: REDACTED d}",
        ),
        ("GET\nhost:a\nx-amz-security-token:b\n\nhost", "GET\nhost:a\nx-amz-security-token:REDACTED\n\nhost"),
        ("proxy-authorization:Basic abc", "proxy-authorization:REDACTED"),
        ("AUTHORIZATION=Bearer abc", "AUTHORIZATION=REDACTED"),
        ("postgres://ana:b%40c@db:5432/d", "postgres://ana:REDACTED@db:5432/d"),
        ('<add key="password" value="a"/> <b value="c"/>', '<add key="password" value="REDACTED"/> <b value="c"/>'),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nd",
            "-----BEGIN RSA PRIVATE KEY-----REDACTED-----END RSA PRIVATE KEY-----\nd",
        ),
        ('"tokenCode" : 123456 , "a":1', '"tokenCode" : "REDACTED" , "a":1'),
        ('"secret":{"a":["}"],"b":"\\"}"},"c":1', '"secret":"REDACTED","c":1'),
        ('\\"secret\\":[\\"]\\"],\\"c\\":1', '\\"secret\\":\\"REDACTED\\",\\"c\\":1'),
        ('"secret":["a', '"secret":"REDACTED"'),
        ('{"secret":"a\\\\","b":"c"}', '{"secret":"REDACTED","b":"c"}'),
        ('{"password":true,"secret":null}', '{"password":true,"secret":null}'),
    ],
)
def test_only_the_value_is_replaced(text: str, made: str) -> None:
    assert redacted_text(text) == made


def test_names_that_hold_secrets_are_redacted_and_both_stay() -> None:
    made = redacted({"https://a?code=one": 1, "https://a?code=two": 2})
    assert list(made.values()) == [1, 2]
    assert "one" not in str(made)
    assert "two" not in str(made)


@given(st.text("\"\\'{}[]:=&%?<>u0026token abcZ\n", max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    assert redacted_text(text) is not None


PIECES = st.lists(
    st.sampled_from(
        [
            *("a", "n", "-", " ", "\n", ",", ":", "=", "?", "&", "<", ">", "'", '"', "{", "}", "[", "]", "@", "://"),
            *(
                "\\",
                "\\n",
                "\\u0022",
                "\\u0041",
                "%",
                "%25",
                "%22",
                "%41",
                "%5c",
                "%255c",
                "%3A",
                "%3D",
                "%7B",
                "u0022",
            ),
            *("token", "token=", "token=\\", '"token":"', '"token":["', "x-api-key:", "authorization: ", "password = "),
            *('"name":"token",', '"value":"', "-----BEGIN PRIVATE KEY-----"),
        ]
    ),
    min_size=1,
    max_size=4,
).map("".join)


@given(PIECES, PIECES, st.sampled_from([" token=1", "%token", "token="]))
@example('"token":"', "\\", "token=")
@example("a", "%255c", "token=")
@example("token=", "\\", "token=")
@example("a", "\\", "token=")
@settings(deadline=None, max_examples=50)
def test_long_text_takes_time_in_proportion(before: str, piece: str, after: str) -> None:
    text = before + piece * (40_000 // len(piece)) + after
    began = time.process_time()
    redacted_text(text)
    # It takes some hundredths of a second. In proportion to the square of its length it would take several.
    assert time.process_time() - began < 1


AROUND_PAIRS: list[Callable[[Json], Json]] = [
    lambda feed: feed,
    lambda feed: [{"name": "region", "value": "us-east-1"}, feed],
    json.dumps,
    lambda feed: json.dumps(json.dumps([feed], indent=1)),
    lambda feed: f"https://example.com/?a={quote(json.dumps(feed), safe='')}",
]


@given(
    st.recursive(
        st.text() | SECRET_NAMES | st.none() | st.integers() | st.sampled_from(["", "a=b", "token=x", "https://a:b@c"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(SECRET_NAMES | st.text() | st.sampled_from(["name", "value", "userName"]), inner)
        ),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_the_fast_way_finds_what_the_slow_way_finds(value: Json, ascii_only: bool) -> None:
    record = {"requestParameters": value}
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=ascii_only)
    expected = redacted(record)
    assert without_secrets(record, text) == expected


@given(
    SECRET_NAMES,
    CANARIES,
    st.sampled_from([("name", "value"), ("Key", "Value"), ("parameterKey", "parameterValue"), ("optionName", "value")]),
    st.sampled_from(AROUND_PAIRS),
)
def test_a_value_beside_the_name_of_a_secret_never_comes_out(
    name: str, canary: str, columns: tuple[str, str], around: Callable[[Json], Json]
) -> None:
    of_name, of_value = columns
    record = {"environment": around({of_name: name, "type": "PLAINTEXT", of_value: canary}), "z": "after"}
    made, text = redacted(record), json.dumps(record, separators=(",", ":"))
    assert "canary" not in json.dumps(made)
    assert "canary" not in redacted_text(text)
    assert made["z"] == "after"
    assert without_secrets(record, text) == made


def test_a_value_that_stands_before_its_name_is_redacted_too() -> None:
    assert redacted({"value": "x", "name": "DB_PASSWORD"}) == {"value": REDACTED, "name": "DB_PASSWORD"}
