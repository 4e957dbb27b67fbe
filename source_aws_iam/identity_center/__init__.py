"""IAM Identity Center: people, groups, permission sets, and who holds which in which account."""

from typing import Final

# AWS tells permission sets and assignments to the management account, and to the delegated administrator of this.
SERVICE_PRINCIPAL: Final = "sso.amazonaws.com"
