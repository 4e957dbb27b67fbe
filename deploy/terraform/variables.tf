variable "principal_arn" {
  type        = string
  description = "The user or role that assumes the role, or a whole account as arn:aws:iam::111122223333:root."

  validation {
    condition = can(regex(
      "^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[A-Za-z0-9_+=,.@/-]+)$", var.principal_arn
    ))
    error_message = "Give the ARN of one user, one role or the root of one account."
  }
}

variable "external_id" {
  type        = string
  description = "A long random value that whoever assumes the role must show, for example of openssl rand -hex 16."
  sensitive   = true

  validation {
    # In two steps: no repetition in a pattern may go beyond 1000.
    condition = (
      can(regex("^[A-Za-z0-9_+=,.@:/-]{16}[A-Za-z0-9_+=,.@:/-]*$", var.external_id)) && length(var.external_id) <= 1224
    )
    error_message = "Give 16 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -"
  }
}

variable "role_name" {
  type        = string
  description = "The name of the role."
  default     = "airbyte-read"

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "Give 1 to 64 of A-Z a-z 0-9 _ + = , . @ -"
  }
}

variable "role_path" {
  type        = string
  description = "The path of the role. It begins and ends with a slash."
  default     = "/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_+=,.@-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "Give / or a path such as /audit/ of at most 512 characters."
  }
}

variable "stream_groups" {
  type        = set(string)
  description = "Which streams may be read: inventory, audit-events, ec2, identity-center, organization (see docs/aws-iam.md)."
  default     = ["inventory", "audit-events", "ec2", "identity-center"]

  validation {
    condition = length(setsubtract(
      var.stream_groups, ["inventory", "audit-events", "ec2", "identity-center", "organization"]
    )) == 0
    error_message = "Give some of inventory, audit-events, ec2, identity-center and organization."
  }
}

variable "member_role" {
  type        = string
  description = "For the hub of many accounts: the role in each of them that it assumes, with its path (audit/airbyte-read)."
  default     = null

  validation {
    condition     = var.member_role == null || can(regex("^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$", var.member_role))
    error_message = "Give the name of one role, such as airbyte-read or audit/airbyte-read, without a slash at its beginning."
  }
}

variable "trail_bucket" {
  type = object({
    name        = string
    prefix      = optional(string, "")
    kms_key_arn = optional(string, "")
  })
  description = "For the account with the bucket of a trail: the bucket, what stands before /AWSLogs/ in its keys, and the key with which they are encrypted."
  default     = null

  validation {
    condition     = var.trail_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.trail_bucket.name))
    error_message = "Give the name of one bucket."
  }

  validation {
    condition = var.trail_bucket == null || can(regex(
      "^([A-Za-z0-9!_.()=@:+,-]+(/[A-Za-z0-9!_.()=@:+,-]+)*)?$", var.trail_bucket.prefix
    ))
    error_message = "Give a prefix without a slash at its beginning or end, and without wildcards."
  }

  validation {
    condition = var.trail_bucket == null || can(regex(
      "^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.trail_bucket.kms_key_arn
    ))
    error_message = "Give the ARN of one key, and not of an alias."
  }
}

variable "log_archive_role_arn" {
  type        = string
  description = "The role that has trail_bucket, which this role may then assume to read the log files of a trail."
  default     = null

  validation {
    condition = var.log_archive_role_arn == null || can(regex(
      "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", var.log_archive_role_arn
    ))
    error_message = "Give the ARN of one role."
  }
}

variable "max_session_duration" {
  type        = number
  description = "Seconds. Long syncs do not need more, because the connector renews its session."
  default     = 3600

  validation {
    condition     = var.max_session_duration >= 3600 && var.max_session_duration <= 43200
    error_message = "Give 3600 to 43200 seconds."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of the role."
  default     = {}
}
