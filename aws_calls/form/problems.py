"""The problems of a config, by the JSON schema of its form, in sentences that say what to change.

Values are never quoted: a secret may have been entered into the wrong field.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from aws_calls.form.json_schema import FormValidator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Session tokens have some thousand characters, and AWS documents no limit. Servers reject requests that are longer than
# this without a reason: https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
LONGEST: Final = 16_384
# These become a part of a header or of an address.
IN_ASCII: Final = frozenset({"access_key_id", "secret_access_key", "session_token", "endpoint_url"})


def against_spec(config: Mapping[str, Any], specification: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of `config` by `specification`, the JSON schema of the form."""
    # A oneOf that fails says only that no option is valid. So the chosen option is checked alone.
    properties = specification["properties"]
    plain = {name: field for name, field in properties.items() if "oneOf" not in field}
    yield from _against({**specification, "properties": plain}, config, "")
    for name in (name for name in properties if name in config and name not in plain):
        yield from _against_options(properties[name]["oneOf"], config[name], f"{name}.")


def _against_options(options: list[dict[str, Any]], value: Any, prefix: str) -> Iterator[str]:
    chooser, modes = _modes(options)
    chosen = value.get(chooser) if isinstance(value, dict) else None
    if chosen in modes:
        yield from _against(options[modes.index(chosen)], value, prefix)
    else:
        yield f"{prefix}{chooser} must be one of: {', '.join(modes)}."


def _modes(options: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """Return the field that distinguishes the `options`, and its value in each of them."""
    [chooser] = [name for name, field in options[0]["properties"].items() if "const" in field]
    return chooser, [option["properties"][chooser]["const"] for option in options]


def without_leftovers(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return `value` without unknown fields, and without fields that a form has left over from other modes."""
    if "oneOf" in schema:
        chooser, modes = _modes(schema["oneOf"])
        schema = schema["oneOf"][modes.index(value[chooser])]
    fields = schema.get("properties", {})
    if isinstance(value, dict):
        return {name: without_leftovers(member, fields[name]) for name, member in value.items() if name in fields}
    if isinstance(value, list):
        return [without_leftovers(item, schema["items"]) for item in value]
    return value


def _against(schema: Mapping[str, Any], value: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{prefix}{name} is missing."
    for error in FormValidator({**schema, "required": []}).iter_errors(value):
        yield from _sentences(error, prefix)


def _sentences(error: Any, prefix: str) -> Iterator[str]:
    path = prefix + ".".join(map(str, error.absolute_path))
    if error.validator == "required":  # of an item of a list
        yield from (f"{path}.{name} is missing." for name in error.validator_value if name not in error.instance)
    else:
        yield f"{path} {_rule(error)}."


def _rule(error: Any) -> str:
    limit = error.validator_value
    rules = {
        "pattern": f"must look like this: {error.schema.get('pattern_descriptor', limit)}",
        "minLength": f"must have at least {limit} characters",
        "maxLength": f"must have at most {limit} characters",
        "minimum": f"must be at least {limit}",
        "maximum": f"must be at most {limit}",
        "type": f"must be of type {limit}",
        "minItems": f"must have at least {limit} item",
        "uniqueItems": "must not name anything twice",
        "enum": f"must be one of: {', '.join(map(str, limit))}" if isinstance(limit, list) else "",
    }
    return rules[error.validator]


def of_texts(value: Any, path: str = "") -> Iterator[str]:
    """Yield the problems of the texts in `value` that no pattern finds."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from of_texts(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from of_texts(item, f"{path}.{number}")
    elif isinstance(value, str):
        name = path.rpartition(".")[2]
        if len(value) > LONGEST:
            yield f"{path} must have at most {LONGEST} characters."
        elif name in IN_ASCII and not (value.isascii() and value.isprintable()):
            yield f"{path} holds a character that AWS does not issue. Enter it again; it may have been damaged."
        elif any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            yield f"{path} holds a NUL or one half of a character (a lone surrogate). Enter it again."


def meant(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown `name`: which of the known ones may be meant."""
    near = difflib.get_close_matches(name, list(known))
    return f"; did you mean {' or '.join(near)}?" if near else "."
