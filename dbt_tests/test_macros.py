"""What the macros mean, in each database that can be run here."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_tests.database import Database, DuckDb
from dbt_tests.project import Dbt

JSON = r'{"a": {"b": "c", "aws:username": "x"}, "list": ["p", "q"], "one": "p", "none": null, "n": 7, "": "empty"}'
DOCUMENT = f"""json_of_text("'{JSON.replace('"', chr(92) + '"')}'")"""
UNNESTED = """\
(select {{ texts_of_group(item_text('i')) }}
from (select {{ json_at(DOCUMENT, ['PLACE']) }} as list) as t {{ unnest_json('t.list', 'i') }})"""
COUNTED = UNNESTED.replace("{{ texts_of_group(item_text('i')) }}", "count(*)")
TEXT = "it's a \\ backslash"
CASES = {
    # name: (an expression, its value)
    "text at a path": ("{{ json_text(DOCUMENT, ['a', 'b']) }}", "c"),
    "a key with a colon": ("{{ json_text(DOCUMENT, ['a', 'aws:username']) }}", "x"),
    "a position in an array": ("{{ json_text(DOCUMENT, ['list', 1]) }}", "q"),
    "a number": ("{{ json_text(DOCUMENT, ['n']) }}", "7"),
    "a JSON null": ("{{ json_text(DOCUMENT, ['none']) }}", None),
    "no such key": ("{{ json_text(DOCUMENT, ['a', 'z']) }}", None),
    "JSON at a path": ("{{ json_text(json_at(DOCUMENT, ['a']), ['b']) }}", "c"),
    "items of an array": (UNNESTED.replace("PLACE", "list"), "p, q"),
    "how many items a null has": (COUNTED.replace("PLACE", "z"), 0),
    "how many items a JSON null has": (COUNTED.replace("PLACE", "none"), 0),
    "a value as an array of one": (UNNESTED.replace("PLACE", "one"), "p"),
    "a JSON null is no item": (COUNTED.replace("PLACE", "none"), 0),
    "nothing is no item": (COUNTED.replace("PLACE", "z"), 0),
    "items as JSON": (
        """(select min({{ json_text(item_json('i'), ['k']) }}) from (select
        {{ json_of_text("'[{\\"k\\": \\"v\\"}]'") }} as list) as t {{ unnest_json('t.list', 'i') }})""",
        "v",
    ),
    "an array with more texts": (
        """{{ json_text(json_array_with(json_of_text("'[\\"a\\"]'"), ['b', 'c']), [2]) }}""",
        "c",
    ),
    "no array with more texts": ("""{{ json_text(json_array_with('null', ['b']), [0]) }}""", "b"),
    "an object": (
        """{{ json_text(json_object_of({'a': "'x'", 'b': '7'}), ['a'])
        }} || {{ json_text(json_object_of({'a': "'x'", 'b': '7'}), ['b']) }}""",
        "x7",
    ),
    "the latest time": (
        """{{ days_between(
          greatest_of(['null', timestamp_of("'2026-01-02 00:00:00'"), timestamp_of("'2026-01-01 00:00:00'")]),
          timestamp_of("'2026-01-03 00:00:00'")
        ) }}""",
        1,
    ),
    "no time at all": ("""{{ greatest_of([timestamp_of('null'), timestamp_of('null')]) }}""", None),
    "a day of a time": ("""{{ as_text(day_of(timestamp_of("'2026-01-02 23:59:59'"))) }}""", "2026-01-02"),
    "an array has a text": ("""{{ json_array_has(json_at(DOCUMENT, ['list']), "'p'") }}""", True),
    "an array has no part of a text": ("""{{ json_array_has(json_of_text("'[\\"pq\\"]'"), "'p'") }}""", False),
    "an array has no other text": ("""{{ json_array_has(json_at(DOCUMENT, ['list']), "'z'") }}""", False),
    "no array has nothing": ("""{{ json_array_has(json_at(DOCUMENT, ['z']), "'p'") }}""", False),
    "actions without regard to case": ("""{{ matches_pattern("'s3:GetObject'", "'S3:get*'", true) }}""", True),
    "resources with regard to case": ("""{{ matches_pattern("'arn:a'", "'ARN:*'") }}""", False),
    "a policy variable as a wildcard": ("""{{ without_variables("'a/${aws:username}/${*}/*'") }}""", "a/*/${*}/*"),
    "policy variables with defaults": (
        """{{ without_variables("'${aws:PrincipalTag/a, b}${$}${s3:prefix}'") }}""",
        "*${$}*",
    ),
    "a value as a list": ("""{{ json_text(json_list(json_at(DOCUMENT, ['one'])), [0]) }}""", "p"),
    "a list as a list": ("""{{ json_text(json_list(json_at(DOCUMENT, ['list'])), [1]) }}""", "q"),
    "nothing as a list": ("""{{ json_as_text(json_list(json_at(DOCUMENT, ['z']))) }}""", "[]"),
    "a JSON null as a list": ("""{{ json_as_text(json_list(json_at(DOCUMENT, ['none']))) }}""", "[]"),
    "a pattern that another one covers": ("""{{ pattern_covers("'s3:*'", "'S3:Get*'", true) }}""", True),
    "a pattern that only one value covers": ("""{{ pattern_covers("'s3:Get?'", "'s3:Get*'", true) }}""", False),
    "a part of a pattern": ("""{{ pattern_covers("'s3:Get*'", "'s3:*'", true) }}""", False),
    "patterns with something in common": ("""{{ patterns_may_share("'s3:*Object'", "'S3:Get*'", true) }}""", True),
    "patterns with nothing in common": ("""{{ patterns_may_share("'s3:Put*'", "'s3:Get*'", true) }}""", False),
    "whole days": (
        """{{ days_between(timestamp_of("'2026-01-01 12:00:00'"), timestamp_of("'2026-01-03 11:59:59'")) }}""",
        1,
    ),
    "a day": (
        """{{ days_between(timestamp_of("'2026-01-01 12:00:00'"), timestamp_of("'2026-01-02 12:00:00'")) }}""",
        1,
    ),
    "days that go back": (
        """{{ days_between(timestamp_of("'2026-01-02 00:00:00'"), timestamp_of("'2026-01-01 23:00:00'")) }}""",
        -1,
    ),
    "days before the present": (
        # The server's zone is nine hours away.
        """{{ days_between(days_ago(3), "timezone('UTC', now())") }}""",
        3,
    ),
    "the clock is UTC": (
        """{{ days_between("timezone('UTC', now())", now_utc()) }}""",
        0,
    ),
    "different texts in their order": (
        """(select {{ texts_of_group('t') }} from (
        select 'b' as t union all select 'a' union all select 'b' union all select null) as texts)""",
        "a, b",
    ),
    "a text as SQL": (f"{{{{ text_literal({TEXT!r}) }}}}", TEXT),
    "a group of a regular expression": ("""{{ regex_group("'AROA:job:1'", ':(.+)$') }}""", "job:1"),
    "no such group": ("""{{ regex_group("'AROA'", ':(.+)$') }}""", None),
    "a whole object as text": ("""{{ json_as_text(json_of_text("'{}'")) }}""", "{}"),
    "a whole text as text": ("""{{ json_as_text(json_at(DOCUMENT, ['one'])) }}""", "p"),
    "a whole JSON null as text": ("""{{ json_as_text(json_at(DOCUMENT, ['none'])) }}""", None),
    "null and the empty text have different hashes": ("""{{ hash_key(["''"]) }} = {{ hash_key(['null']) }}""", False),
    "what stands where counts in a hash": (
        """{{ hash_key(["'ab'", "'c'"]) }} = {{ hash_key(["'a'", "'bc'"]) }}""",
        False,
    ),
    "equal values have equal hashes": ("""{{ hash_key(["'a'", '1']) }} = {{ hash_key(["'a'", '1']) }}""", True),
    "a hash has 32 digits": ("""length({{ hash_key(["'a'"]) }})""", 32),
}
TOKENS = ["a", "B", ":", "/", "%", "_", "!", "\\", "$", "'", "\n", "é"]
WILD = {"*": ".*", "?": ".", "${*}": r"\*", "${?}": r"\?", "${$}": r"\$"}
# What a part of a pattern matches, if it does not match itself.
MATCHED = {"*": "a:B", "?": "_", "${*}": "*", "${?}": "?", "${$}": "$"}
# Parts of a pattern, each with a part of a text, which mostly matches it.
PARTS = st.sampled_from([*TOKENS, *WILD]).flatmap(
    lambda part: st.tuples(
        st.just(part), st.one_of(st.just(MATCHED.get(part, part)), st.sampled_from(["", *TOKENS, "*", "?"]))
    )
)


def expressions() -> dict[str, str]:
    """Return every case, and a pattern, as SQL with macros."""
    wanted = {name: sql.replace("DOCUMENT", DOCUMENT) for name, (sql, _) in CASES.items()}
    return {**wanted, "pattern": "{{ matches_pattern('t', 'p') }}"}


@pytest.fixture(scope="module")
def compiled(dbt: Dbt) -> dict[str, str]:
    wanted = expressions()
    return dict(zip(wanted, dbt.compile(*wanted.values()), strict=True))


@pytest.fixture(scope="module")
def values(database: Database, compiled: dict[str, str]) -> dict[str, object]:
    [row] = database.rows("select " + ", ".join(f"({compiled[name]}) as c{n}" for n, name in enumerate(CASES)))
    return dict(zip(CASES, row.values(), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_macros_mean_the_same_in_every_database(name: str, values: dict[str, object]) -> None:
    assert values[name] == CASES[name][1]


@pytest.fixture(scope="module")
def pattern(
    database: Database, compiled: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Database, str]:
    """A query with two values: whether the first one matches the second one."""
    # A file of many tables takes longer to open than to ask.
    empty = tmp_path_factory.mktemp("small") / "empty.duckdb"
    small = DuckDb(empty) if isinstance(database, DuckDb) else database
    query = compiled["pattern"].replace("%", "%%") if database.kind == "postgres" else compiled["pattern"]
    return small, f"select {query} as found from (select cast(%s as text) as t, cast(%s as text) as p) as one"  # noqa: S608 - what is tested


@given(parts=st.lists(PARTS, max_size=3))
@settings(max_examples=400, deadline=None)
def test_a_pattern_of_iam_matches_what_it_says(parts: list[tuple[str, str]], pattern: tuple[Database, str]) -> None:
    database, query = pattern
    text, wild = "".join(text for _, text in parts), "".join(part for part, _ in parts)
    expected = re.fullmatch("".join(WILD.get(part, re.escape(part)) for part, _ in parts), text, re.DOTALL)

    assert database.rows(query, [text, wild])[0]["found"] is (expected is not None)
