r"""Secrets in text: in JSON text, whole or cut short, in URLs, in headers and in XML.

A secret is found as a pair: a name, a separator and a value. All three may be escaped any number of times, because text
in CloudTrail records may be inside other text: `\"sessionToken\":\"…` in a JSON string, `%22sessionToken%22%3A%22…` in
a URL. The name may also be the value of the pair before: `"name":"DB_PASSWORD","value":"…`. Two kinds of secrets need
no name: the password in `https://user:password@host`, and the text after `BEGIN PRIVATE KEY`.
"""

from __future__ import annotations

import re
from typing import Final

from source_aws_iam.cloudtrail.record.secret_names import (
    bare,
    is_name,
    is_value,
    mentions_secret,
    names_secret,
    names_secret_of_url,
    unescaped,
)

REDACTED: Final = "REDACTED"
# What separates a name from its value, or a part of it where that is escaped.
_MARKS: Final = ("=", "\\", "%", "'", ">", ": ", "ization:", "oken:", "ey:")
# The same in one value. Colons that nothing tells apart are in every time and ARN.
_MARK: Final = re.compile(r"[=\\%'>\"]|:(?: |(?<=ization:)|(?<=oken:)|(?<=ey:))|PRIVATE KEY")


def _any_form(characters: str) -> str:
    """Return a pattern for one of these characters, as it is or escaped."""
    codes = "|".join(f"{ord(character):02x}" for character in characters)
    return rf"(?:[{re.escape(characters)}]|(?:%(?:25)*|\\+u00)(?:{codes}))"


_CODES: Final = "(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f)"
_LETTER: Final = rf"(?:[a-z0-9_.\-]|(?:%(?:25)*|\\+u00){_CODES})"
_QUOTE: Final = r"(?:\\|%(?:25)*5c)*(?:[\"']|%(?:25)*2[27]|u002[27])"
_SPACE: Final = rf"(?:\s|{_any_form(' +')}|\\+[nrt]){{0,9}}"
# What is no letter of a name: a delimiter, or an escaped character, whose code may be of letters. Where one of these
# might begin in the middle of another, it does not, or long runs of them would take time without end.
_BEFORE: Final = rf"""(?:
    (?!%(?:25)*{_CODES}) %(?:25)*(?:(?!25)[0-9a-f]{{2}} | 25(?![0-9a-f]{{2}})) | %(?![0-9a-f]{{2}})
    | (?<!\\)\\+(?!\\) (?!u00{_CODES}) (?:u00[0-9a-f]{{2}})?
    | [?&\#;<]
)"""
_PAIR: Final = re.compile(
    rf"""
    (?: (?P<before>{_BEFORE}) | (?<![a-z0-9_.\-%\\]) )
    (?P<name>{_LETTER}+)
    (?: (?P<quote>{_QUOTE}) {_SPACE} (?:{_any_form(":")}|=>?) {_SPACE}
      | (?P<equals>{_any_form("=")} | [ ]{{1,9}}=[ ]{{0,9}})
      | (?P<tag>{_any_form(">")})
      | (?P<colon>[ ]{{0,9}}:[ ]{{0,9}})
    )
    (?P<opening>{_QUOTE}|{_any_form("[{")})?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Runs of backslashes are tried from their beginning only: from each of their characters, long ones would take hours.
_LITERAL: Final = re.compile(r"[^\s,\]}\"'\\&%]*")
_PARAMETER: Final = re.compile(r"(?:(?!(?<!\\)\\+u00|(?<!\\)\\*[\"'])[^\s&#<>])*")
_ESCAPED_PARAMETER: Final = re.compile(
    r"(?:(?!(?<!\\)\\+u00|(?<!\\)\\*[\"']|%(?:25)*(?:2[0-3]|26|27|3c|3e))[^\s&#<>])*", re.IGNORECASE
)
_ELEMENT: Final = re.compile(r"(?:(?!(?<!\\)\\+u003c|%(?:25)*3c)[^<\"'])*", re.IGNORECASE)
# Java writes {AccessKeyId: …,SecretAccessKey: …,SessionToken: …}
_WORD: Final = re.compile(r"(?:(?!,[\w.\-]+:\s)[^\s\"'])*")
_LINE: Final = re.compile(r"[^\r\n\"']*")
_QUOTES: Final = {mark: re.compile(rf"(?<!\\)(\\*){mark}") for mark in "\"'"}
# Names that sentences end in before a colon: "Invalid token: …".
_PROSE: Final = frozenset({"token", "secret", "password", "passwords", "passphrase", "signature", "assertion"})
_INDENTED: Final = 50
_END_OF_OBJECT: Final = re.compile("[}>]")
_PLAIN_NAME: Final = re.compile(r"[^\"'\\%&<>\s]{0,100}")
_USERINFO: Final = re.compile(r"(?<=://)([^\s/?#@:\"'\\]*:)([^\s/?#@\"'\\]+)(?=@)")
_PRIVATE_KEY: Final = re.compile(r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)(.+?)(?=-----END|\Z)", re.DOTALL)
_OPENS_NOTHING: Final = re.compile(
    # What CloudTrail writes where it hid something, among them.
    r"null|none|true|false|\**|[\[{]\s*[]}]|HIDDEN_DUE_TO_SECURITY_REASONS|<?sensitiveDataRemoved>?|REDACTED",
    re.IGNORECASE,
)


def opens_nothing(text: str) -> bool:
    """Return whether the value of a secret's name is no secret: true, empty, or hidden by CloudTrail."""
    return _OPENS_NOTHING.fullmatch(text) is not None


def may_hold_pairs(text: str) -> bool:
    """Return whether there may be pairs in a text, or in the strings of a JSON text, which escapes quotation marks."""
    for mark in _MARKS:
        if mark in text:
            return True
    return "://" in text and "@" in text


def redacted_text(text: str) -> str:
    """Return `text` with REDACTED for the values of secrets. A value without an end extends to the end of the text."""
    if "://" in text and "@" in text:
        text = _USERINFO.sub(_without_value, text)
    if _MARK.search(text) and ("%" in text or "\\u" in text or mentions_secret(text)):
        return _PRIVATE_KEY.sub(_without_value, _without_values(text))
    return text


def _without_value(found: re.Match[str]) -> str:
    return found[0] if opens_nothing(found[2]) else found[1] + REDACTED


def _without_values(text: str) -> str:
    pieces: list[str] = []
    kept = position = 0
    is_named = False
    while pair := _PAIR.search(text, position):
        is_named = is_named and not _END_OF_OBJECT.search(text, position, pair.start())
        position = pair.end()
        if _is_secret(pair) or (is_named and is_value(unescaped(pair["name"]))):
            start, position = _value(pair)
            if not opens_nothing(text[start:position]):
                # Text that was JSON remains JSON: a number or an object becomes a string.
                quote = (pair["quote"] or "") if start < pair.end() or not pair["opening"] else ""
                pieces += text[kept:start], quote, REDACTED, quote
                kept = position
        elif is_name(unescaped(pair["name"])):
            given = _PLAIN_NAME.match(text, position)
            is_named = given is not None and names_secret(given[0])
    return "".join([*pieces, text[kept:]])


def _is_secret(pair: re.Match[str]) -> bool:
    name, before = unescaped(pair["name"]), unescaped(pair["before"] or "")
    if pair["tag"]:
        return before == "<" and names_secret(name)
    if pair["colon"]:
        return names_secret(name) and _is_before_value(pair, name)
    return (names_secret_of_url if pair["equals"] and before in {"?", "&", "#", ";"} else names_secret)(name)


def _is_before_value(pair: re.Match[str], name: str) -> bool:
    """Return whether a colon after a secret's name is followed by its value, and does not belong to prose or an ARN."""
    if pair["opening"]:
        return True
    if pair["colon"] == ":":
        # Signatures are made of headers in this form, and errors repeat them.
        return "x-" in name.lower() or _is_authorization(name)
    before = pair.string[max(pair.start() - _INDENTED, 0) : pair.start("name")]
    return bare(name) not in _PROSE or before.rstrip(" \t-").endswith(("\n", "\\n", "{"))


def _is_authorization(name: str) -> bool:
    """Return whether the value of this name is a scheme and a secret, with a space between."""
    return bare(unescaped(name)).endswith("authorization")


def _value(pair: re.Match[str]) -> tuple[int, int]:
    """Return where the value of a pair begins and ends."""
    text, opening, end = pair.string, pair["opening"] or "", pair.end()
    if opening.endswith(("[", "{")) and pair["quote"]:
        return pair.start("opening"), _end_of_brackets(text, end, pair["quote"])
    if unescaped(opening)[-1:] in {'"', "'"} and not pair["tag"]:
        return end, _end_of_string(text, end, opening)
    start = pair.start("opening") if opening else end
    if pair["tag"]:
        pattern = _ELEMENT
    elif pair["colon"]:
        pattern = _LINE if _is_authorization(pair["name"]) else _WORD
    elif (pair["equals"] or "").startswith(" "):
        pattern = _WORD
    elif pair["equals"] == "=":
        pattern = _LINE if not pair["before"] and _is_authorization(pair["name"]) else _PARAMETER
    else:
        pattern = _LITERAL if pair["quote"] and not opening else _ESCAPED_PARAMETER
    value = pattern.match(text, start)
    return start, value.end() if value else start


def _end_of_string(text: str, position: int, opening: str) -> int:
    """Return where the string ends that begins at `position`, after the quotation mark `opening`."""
    slashes, mark = len(opening) - 1, opening[-1]
    if mark not in _QUOTES:
        closing = re.compile(rf"(?<!\\)(?<!5c){re.escape(opening)}|[\s\"&]", re.IGNORECASE).search(text, position)
        return closing.start() if closing else len(text)
    for found in _QUOTES[mark].finditer(text, position):
        escapes = len(found[1])
        # Each level of escaping doubles the backslashes, and a quotation mark in the string has more of them.
        if escapes < slashes or escapes % (2 * slashes + 2) == slashes:
            return found.end() - 1 - min(escapes, slashes)
    return len(text)


def _end_of_brackets(text: str, position: int, quote: str) -> int:
    """Return where the list or the object ends that began just before `position`."""
    depth, pattern = 1, re.compile(rf"{re.escape(quote)}|[][{{}}]")
    while found := pattern.search(text, position):
        position = found.end()
        if found[0] == quote:
            position = _end_of_string(text, position, quote) + len(quote)
            continue
        depth += 1 if found[0] in "[{" else -1
        if not depth:
            return position
    return len(text)
