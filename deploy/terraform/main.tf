terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Read by the Airbyte source AWS IAM"
  max_session_duration = var.max_session_duration
  assume_role_policy   = local.trust_policy
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = length(local.policies) > 0
      error_message = "The role would be allowed nothing. Give stream_groups, member_role or trail_bucket."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this.name
  policy = each.value
}
