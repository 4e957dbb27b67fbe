-- Which images and snapshots are shared outside the organization?
-- With everybody, with an account that is not in `accounts`, or with another organization or a unit of it. Where the sync reads no organization, every account that it does not read counts as outside, and so does every organization. A row with `unread` is no image and no snapshot: it names what the last sync did not read, or not completely. Where AWS did not show with whom they are shared, that is `ec2_images: partial` or `ec2_snapshots: partial`.
WITH shared AS (
  SELECT
    account_id,
    region,
    'image' AS kind,
    image_id AS resource_id,
    name,
    'everybody' AS shared_with
  FROM ec2_images
  WHERE
    is_public
  UNION ALL
  SELECT
    i.account_id,
    i.region,
    'image' AS kind,
    i.image_id AS resource_id,
    i.name,
    s.item AS shared_with
  FROM ec2_images AS i
  CROSS JOIN UNNEST(CAST(i.shared_with_account_ids AS TEXT[])) AS s(item)
  UNION ALL
  SELECT
    i.account_id,
    i.region,
    'image' AS kind,
    i.image_id AS resource_id,
    i.name,
    s.item AS shared_with
  FROM ec2_images AS i
  CROSS JOIN UNNEST(CAST(i.shared_with_organization_arns AS TEXT[])) AS s(item)
  UNION ALL
  SELECT
    i.account_id,
    i.region,
    'image' AS kind,
    i.image_id AS resource_id,
    i.name,
    s.item AS shared_with
  FROM ec2_images AS i
  CROSS JOIN UNNEST(CAST(i.shared_with_ou_arns AS TEXT[])) AS s(item)
  UNION ALL
  SELECT
    account_id,
    region,
    'snapshot' AS kind,
    snapshot_id AS resource_id,
    description AS name,
    'everybody' AS shared_with
  FROM ec2_snapshots
  WHERE
    is_public
  UNION ALL
  SELECT
    n.account_id,
    n.region,
    'snapshot' AS kind,
    n.snapshot_id AS resource_id,
    n.description AS name,
    s.item AS shared_with
  FROM ec2_snapshots AS n
  CROSS JOIN UNNEST(CAST(n.shared_with_account_ids AS TEXT[])) AS s(item)
)
SELECT
  s.account_id,
  s.region,
  s.kind,
  s.resource_id,
  s.name,
  s.shared_with,
  CAST(NULL AS TEXT) AS unread
FROM shared AS s
LEFT JOIN accounts AS a
  ON a.account_id = s.shared_with
LEFT JOIN organization AS o
  ON o.organization_id = REGEXP_EXTRACT(s.shared_with, '/(o-[a-z0-9]+)', 1)
WHERE
  a.account_id IS NULL AND o.organization_id IS NULL
UNION ALL
SELECT
  account_id,
  region,
  CAST(NULL AS TEXT) AS kind,
  CAST(NULL AS TEXT) AS resource_id,
  CAST(NULL AS TEXT) AS name,
  CAST(NULL AS TEXT) AS shared_with,
  stream || ': ' || status AS unread
FROM sync_coverage
WHERE
  stream IN ('ec2_images', 'ec2_snapshots', 'accounts', 'organization')
  AND status IN ('partial', 'denied', 'failed')
ORDER BY
  account_id,
  region,
  kind,
  name,
  resource_id,
  shared_with,
  unread
