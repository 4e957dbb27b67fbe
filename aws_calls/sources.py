"""Where the environment has credentials, and what renews them: texts for each of botocore's providers."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_calls.environment import profile_variable

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_FILE: Final = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - the name of a variable
CONTAINER: Final = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
CONTAINER_TOKEN: Final = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN")

# METHOD of botocore's provider -> what it reads.
_NAMES: Final[Mapping[str, str]] = {
    "env": "the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
    "assume-role": "role_arn of {profile}",
    "signs-assume-role": "source_profile or credential_source of {profile}",
    "sso": "IAM Identity Center, by {profile}",
    "shared-credentials-file": "{profile} in the shared credentials file",
    "login": "login_session of {profile}",
    "custom-process": "credential_process of {profile}",
    "config-file": "{profile} in the shared config file",
    "ec2-credentials-file": "the file that AWS_CREDENTIAL_FILE names",
    "boto-config": "the boto config file (BOTO_CONFIG, /etc/boto.cfg or ~/.boto)",
    "iam-role": "the instance metadata service (AWS_EC2_METADATA_SERVICE_ENDPOINT)",
}
_RENEWED: Final[Mapping[str, str]] = {
    "env": (
        "Variables are not renewed: set new ones, or give the connector's process the role of its container, pod or "
        "instance, whose sessions are."
    ),
    "assume-role": "Renew the credentials that its source_profile or credential_source gives.",
    "assume-role-with-web-identity": (
        "The program that writes the token file has to renew it: in Kubernetes kubelet does, for a projected service "
        "account token."
    ),
    "sso": "Sign in again: aws sso login --profile {name}.",
    "shared-credentials-file": "Let the tool that writes the file renew it.",
    "login": "Sign in again: aws login --profile {name}.",
    "custom-process": "Let the command give credentials that are still valid.",
    "config-file": "Let the tool that writes the file renew it.",
    "container-role": "The agent of the container or pod has to renew it: look at its log.",
    "iam-role": "The instance metadata service has to renew it: check the role of the instance.",
}
_ACTIONS: Final[Mapping[str, str]] = {
    "assume-role": "sts:AssumeRole",
    "assume-role-with-web-identity": "sts:AssumeRoleWithWebIdentity",
    "sso": "sso:GetRoleCredentials",
    "login": "signin:CreateOAuth2Token",
}
# The shared files, by the variables that may name others.
_SHARED_FILES: Final[Mapping[str, str]] = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
}
_STATIC: Final = "Replace the credentials that it holds."


@dataclass(frozen=True)
class Source:
    """One of botocore's credential providers, by its METHOD, and the profile that it reads ("default")."""

    method: str
    profile: str

    def __str__(self) -> str:
        """Return e.g. 'credential_process of the profile "dev" (AWS_PROFILE)'."""
        if self.method == "assume-role-with-web-identity":
            if self.of_variables:
                return f"the web identity of {TOKEN_FILE} and AWS_ROLE_ARN"
            return f"web_identity_token_file of {self._named_profile}"
        if self.method == "container-role":
            return f"the credential endpoint of the container ({self.container_variable})"
        return _NAMES.get(self.method, "the environment").format(profile=self._named_profile)

    @property
    def action(self) -> str:
        """The call that gets these credentials, or else the first one that is signed with them."""
        return _ACTIONS.get(self.method, "sts:GetCallerIdentity")

    @property
    def signer(self) -> Source:
        """The source whose credentials sign the call that gets these."""
        return replace(self, method="signs-assume-role") if self.method == "assume-role" else self

    @property
    def of_sts(self) -> bool:
        """Whether STS issues these credentials."""
        return self.action.startswith("sts:AssumeRole")

    @property
    def of_variables(self) -> bool:
        """Whether variables configure the web identity, and not a profile."""
        return bool(os.environ.get(TOKEN_FILE))

    @property
    def container_variable(self) -> str:
        """The variable that names the credential endpoint of the container."""
        return next((name for name in CONTAINER if name in os.environ), CONTAINER[-1])

    @property
    def renewed(self) -> str:
        """A sentence about what renews a session that has ended."""
        return _RENEWED.get(self.method, _STATIC).format(name=self.profile)

    @property
    def _named_profile(self) -> str:
        variable = profile_variable()
        chosen = f" ({variable})" if os.environ.get(variable) == self.profile else ""
        return f'the profile "{self.profile}"{chosen}'

    @property
    def token_file(self) -> str:
        """The file of the web identity token, by the variable that names it, if one does."""
        return f"the file {os.environ[TOKEN_FILE]} ({TOKEN_FILE})" if self.of_variables else f"the file of {self}"

    @property
    def role(self) -> str:
        """The role of the web identity, by the variable that names it, if one does."""
        return os.environ.get("AWS_ROLE_ARN", "") if self.of_variables else f"role_arn of {self._named_profile}"


def unreadable_files() -> list[str]:
    """Return the shared files that exist or are configured, and cannot be read, as "/config (AWS_CONFIG_FILE)".

    botocore ignores them, as it does files that do not exist.
    """
    found = []
    for variable, usual in _SHARED_FILES.items():
        named = os.environ.get(variable)
        path = Path(named or usual).expanduser()
        if (named or path.exists()) and not (path.is_file() and os.access(path, os.R_OK)):
            found.append(f"{path} ({variable})" if named else str(path))
    return found
