"""Questions that the tables answer, in SQL that DuckDB and PostgreSQL both understand."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from integration_tests.sync.screen import Screen


class Question(NamedTuple):
    title: str
    sql: str


QUESTIONS: Final = (
    Question(
        "Who changed IAM in the last week?",
        """\
select coalesce(actor_arn, actor_type, 'unknown') as actor, count(*) as changes
from audit_events
where event_source = 'iam.amazonaws.com' and not read_only and error_code is null
  and event_time >= now() at time zone 'utc' - interval '7 days'
group by 1
order by changes desc, actor
limit 10""",
    ),
    Question(
        "Who is in the largest group?",
        """\
select group_name, user_name, user_arn, count(*) over () as members
from group_members
where group_id = (select group_id from groups order by member_count desc, group_name limit 1)
order by user_name
limit 10""",
    ),
    Question(
        "Who may administer production, and as which role?",
        """\
select distinct people.user_name, assigned.permission_set_name, assigned.principal_type as through,
  case when assigned.principal_type = 'GROUP' then assigned.principal_name end as group_name, roles.role_name
from account_assignments as assigned
left join roles on roles.account_id = assigned.target_account_id and roles.role_id = assigned.role_id
left join identity_center_group_members as members
  on assigned.principal_type = 'GROUP' and members.group_id = assigned.principal_id
join identity_center_users as people
  on people.user_id = coalesce(members.user_id, assigned.principal_id)
where assigned.account_name = 'production' and assigned.permission_set_name like 'Admin%'
order by people.user_name, assigned.permission_set_name
limit 10""",
    ),
    Question(
        "Which users has nobody used for 90 days?",
        """\
select user_name, create_date, last_activity_at, count(*) over () as unused
from users
where create_date < now() at time zone 'utc' - interval '90 days'
  and (last_activity_at is null or last_activity_at < now() at time zone 'utc' - interval '90 days')
  and coalesce(cast(unavailable_fields as varchar), '') not like '%last_activity_at%'
  and not exists (
    select 1 from audit_events
    where actor_principal_id = user_id and event_time >= now() at time zone 'utc' - interval '90 days'
  )
order by last_activity_at nulls first, user_name
limit 10""",
    ),
)


def ask(warehouse: Any, screen: Screen) -> None:
    for question in QUESTIONS:
        screen.say(f"\n{question.title}\n", style="bold")
        screen.say(question.sql)
        rows = warehouse.run_sql_query(question.sql)
        if rows:
            screen.table(list(rows[0]), [list(row.values()) for row in rows])
        else:
            screen.say("\n(no rows)")
