output "role_arn" {
  description = "Role ARN in the form of the connector."
  value       = aws_iam_role.this.arn
}
