"""What `make security-lake` asks, and docs/security-lake.md shows."""

from __future__ import annotations

from typing import Final, NamedTuple


class Question(NamedTuple):
    """A question that a lake answers, in DuckDB's SQL. `{lake}` is the folder of the objects, which ends in ext."""

    title: str
    sql: str

    def of(self, lake: str) -> str:
        """Return the query of the lake at this path or address."""
        return self.sql.format(lake=lake)


QUESTIONS: Final = (
    Question(
        "Who changes accounts, and whose?",
        """\
SELECT coalesce(actor.user.name, actor.session.issuer, actor.app_name) AS who, activity_name AS activity,
  count(DISTINCT metadata.uid) AS changes, count(DISTINCT "user".name) AS accounts
FROM read_parquet('{lake}/iam-account-change/**/*.parquet', hive_partitioning = true)
WHERE status_id = 1
GROUP BY ALL ORDER BY changes DESC, who, activity LIMIT 5""",
    ),
    Question(
        "Which groups have the most users, and in which account?",
        """\
SELECT accountId AS account, grouped.name AS "group", count(DISTINCT "user".uid) AS users
FROM read_parquet('{lake}/iam-user-inventory/**/*.parquet', hive_partitioning = true, hive_types_autocast = false),
  unnest("user".groups) AS one(grouped)
GROUP BY ALL ORDER BY users DESC, account, "group" LIMIT 5""",
    ),
)
