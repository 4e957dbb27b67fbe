locals {
  actions = {
    inventory = [
      # generated: inventory
      "access-analyzer:GetFinding",
      "access-analyzer:ListAnalyzers",
      "access-analyzer:ListFindings",
      "ec2:DescribeRegions",
      "iam:GenerateCredentialReport",
      "iam:GenerateServiceLastAccessedDetails",
      "iam:GetAccessKeyLastUsed",
      "iam:GetAccountAuthorizationDetails",
      "iam:GetAccountPasswordPolicy",
      "iam:GetAccountSummary",
      "iam:GetCredentialReport",
      "iam:GetLoginProfile",
      "iam:GetOpenIDConnectProvider",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetSAMLProvider",
      "iam:GetServiceLastAccessedDetails",
      "iam:GetUser",
      "iam:ListAccessKeys",
      "iam:ListAccountAliases",
      "iam:ListInstanceProfiles",
      "iam:ListMFADevices",
      "iam:ListOpenIDConnectProviders",
      "iam:ListPolicies",
      "iam:ListRoles",
      "iam:ListSAMLProviders",
      "iam:ListSSHPublicKeys",
      "iam:ListServerCertificates",
      "iam:ListServiceSpecificCredentials",
      "iam:ListSigningCertificates",
      "iam:ListUsers",
      "iam:ListVirtualMFADevices",
      # end of inventory
    ]
    audit-events = [
      # generated: audit events
      "cloudtrail:DescribeTrails",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetInsightSelectors",
      "cloudtrail:GetTrailStatus",
      "cloudtrail:ListPublicKeys",
      "cloudtrail:LookupEvents",
      "ec2:DescribeRegions",
      # end of audit events
    ]
    ec2 = [
      # generated: ec2
      "ec2:DescribeAddresses",
      "ec2:DescribeEgressOnlyInternetGateways",
      "ec2:DescribeFlowLogs",
      "ec2:DescribeIamInstanceProfileAssociations",
      "ec2:DescribeImageAttribute",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceConnectEndpoints",
      "ec2:DescribeInstances",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeKeyPairs",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRegions",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSnapshotAttribute",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSubnets",
      "ec2:DescribeTransitGatewayAttachments",
      "ec2:DescribeTransitGateways",
      "ec2:DescribeVolumes",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpcs",
      "ec2:GetManagedPrefixListEntries",
      # end of ec2
    ]
    identity-center = [
      # generated: identity center
      "identitystore:ListGroupMemberships",
      "identitystore:ListGroups",
      "identitystore:ListUsers",
      "organizations:DescribeOrganization",
      "sso:DescribeInstanceAccessControlAttributeConfiguration",
      "sso:DescribePermissionSet",
      "sso:DescribeTrustedTokenIssuer",
      "sso:GetApplicationAssignmentConfiguration",
      "sso:GetInlinePolicyForPermissionSet",
      "sso:GetPermissionsBoundaryForPermissionSet",
      "sso:ListAccountAssignments",
      "sso:ListAccountsForProvisionedPermissionSet",
      "sso:ListApplicationAssignments",
      "sso:ListApplications",
      "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
      "sso:ListInstances",
      "sso:ListManagedPoliciesInPermissionSet",
      "sso:ListPermissionSets",
      "sso:ListTagsForResource",
      "sso:ListTrustedTokenIssuers",
      # end of identity center
    ]
    organization = [
      # generated: organization
      "cloudtrail:ListPublicKeys",
      "organizations:DescribeOrganization",
      "organizations:DescribePolicy",
      "organizations:ListAccounts",
      "organizations:ListAccountsForParent",
      "organizations:ListDelegatedAdministrators",
      "organizations:ListDelegatedServicesForAccount",
      "organizations:ListOrganizationalUnitsForParent",
      "organizations:ListPolicies",
      "organizations:ListRoots",
      "organizations:ListTagsForResource",
      "organizations:ListTargetsForPolicy",
      # end of organization
    ]
  }

  stream_policies = {
    for group in var.stream_groups : group => jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = local.actions[group], Resource = "*" }]
    })
  }

  # No role trusts anybody in another partition, so the roles of the members are in that of the principal.
  hub_policies = {
    for role in var.member_role[*] : "assume-roles" => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "arn:${split(":", var.principal_arn)[1]}:iam::*:role/${role}"
      }]
    })
  }

  # No role trusts anybody in another partition, so the bucket is in that of the principal.
  s3         = "arn:${split(":", var.principal_arn)[1]}:s3:::"
  trail_root = join("", [for trail in var.trail_bucket[*] : "${trail.prefix}${trail.prefix == "" ? "" : "/"}AWSLogs/"])

  trail_policies = {
    for trail in var.trail_bucket[*] : "trail-bucket" => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            Effect    = "Allow"
            Action    = "s3:ListBucket"
            Resource  = "${local.s3}${trail.name}"
            Condition = { StringLike = { "s3:prefix" = "${local.trail_root}*" } }
          },
          {
            Effect   = "Allow"
            Action   = "s3:GetObject"
            Resource = "${local.s3}${trail.name}/${local.trail_root}*"
          },
        ],
        [
          for key in compact([trail.kms_key_arn]) : {
            Effect    = "Allow"
            Action    = "kms:Decrypt"
            Resource  = key
            Condition = { StringLike = { "kms:ViaService" = "s3.*" } }
          }
        ],
      )
    })
  }

  log_archive_policies = {
    for role in var.log_archive_role_arn[*] : "assume-log-archive-role" => jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = role }]
    })
  }

  policies = merge(local.stream_policies, local.hub_policies, local.trail_policies, local.log_archive_policies)

  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.principal_arn }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}
