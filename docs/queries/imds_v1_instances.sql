-- Which instances answer requests of IMDSv1?
-- Their metadata service gives the credentials of the role to requests without a token, which a server on the instance can be made to send. Where AWS does not say whether it does, `is_imds_v1_allowed` is null, and the instance is in it. Stopped instances are in it too, and terminated ones are not. Without an instance profile, there are no credentials to take. A row with `unread` is no instance: it names an account and Region whose instances the last sync did not read, or not completely.
select
  account_id,
  region,
  instance_id,
  json_extract_string(tags, '$.Name') as name,
  state,
  is_imds_v1_allowed,
  iam_instance_profile_arn,
  cast(null as text) as unread
from ec2_instances
where coalesce(is_imds_v1_allowed, true)
  and coalesce(state, 'unknown') not in ('shutting-down', 'terminated')
union all
select
  account_id,
  region,
  cast(null as text) as instance_id,
  cast(null as text) as name,
  cast(null as text) as state,
  cast(null as boolean) as is_imds_v1_allowed,
  cast(null as text) as iam_instance_profile_arn,
  stream || ': ' || status as unread
from sync_coverage
where stream = 'ec2_instances' and status in ('partial', 'denied', 'failed')
order by account_id, region, name, instance_id, unread
