"""IAM Identity Center: people, groups, permission sets and applications, and who is assigned to which."""

from typing import Final

# AWS tells permission sets and applications to the management account, and to the delegated administrator of this.
SERVICE_PRINCIPAL: Final = "sso.amazonaws.com"
