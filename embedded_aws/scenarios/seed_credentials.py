"""Credentials of users besides passwords and access keys: MFA devices, SSH keys, certificates and credentials for
single services.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

from moto.iam.models import IAMBackend, SigningCertificate, User

from embedded_aws.scenarios.seed_ids import planted_id
from embedded_aws.scenarios.seed_times import between, past
from embedded_aws.server.cloud import Cloud

_KINDS = (("virtual", "fido"), ("hardware",), ("fido",), *(("virtual",),) * 6)
"""Whose devices are of which kinds, in turns."""

_FEW = 9
"""Every ninth user has an SSH key, every ninth one a signing certificate, and so on."""

_PEM = "-----BEGIN CERTIFICATE-----\nembedded-{number}\n-----END CERTIFICATE-----"


def plant_credentials(cloud: Cloud, users: Sequence[User], with_mfa: Sequence[User], rng: Random) -> None:
    """Give devices to the users `with_mfa` and to the root user, and the rest to some of `users`."""
    planter = _Planter(cloud, cloud.iam(), rng, cloud.moto_now())
    for number, user in enumerate(with_mfa):
        for kind in _KINDS[number % len(_KINDS)]:
            planter.mfa(user, kind, number)
    planter.root_and_spare_mfa()
    for number, user in enumerate(users):
        if number % _FEW == 0:
            planter.ssh_keys(user, 1 + number % 2)
        elif number % _FEW == 1:
            planter.certificates(user, 1 + number % 2)
        elif number % _FEW == 2:
            planter.service_credentials(user)
        if number % _FEW == 3:
            planter.end_first_key(user)


@dataclass
class _Planter:
    cloud: Cloud
    backend: IAMBackend
    rng: Random
    now: datetime

    def mfa(self, user: User, kind: str, number: int) -> None:
        arn = f"arn:{self.backend.partition}:iam::{self.backend.account_id}"
        path = ("/", "/people/")[number % 2]
        serials = {
            "virtual": f"{arn}:mfa{path}{user.name}",
            "hardware": f"GAHT{12345678 + number}",
            "fido": f"{arn}:u2f/user/{user.name}/default-{planted_id('U2F')}",
        }
        serial = serials[kind]
        if kind == "virtual":
            self.backend.create_virtual_mfa_device(user.name, path)
        self.backend.enable_mfa_device(user.name, serial, "123456", "654321")
        enabled = user.mfa_devices[serial].enable_date = between(self.rng, user.create_date, self.now)
        if kind == "virtual":
            self.backend.virtual_mfa_devices[serial].enable_date = enabled

    def root_and_spare_mfa(self) -> None:
        self.backend.create_virtual_mfa_device("nobody-has-it", "/")
        enabled = past(self.rng, self.now)
        self.cloud.root_mfa[self.backend.account_id] = enabled.replace(tzinfo=timezone.utc)

    def ssh_keys(self, user: User, count: int) -> None:
        for number in range(count):
            key = user.upload_ssh_public_key(f"ssh-ed25519 embedded-{user.name}-{number}")
            key.upload_date = between(self.rng, user.create_date, self.now)
            key.status = ("Active", "Inactive")[number]

    def certificates(self, user: User, count: int) -> None:
        """Straight into the user: moto would want a valid certificate."""
        for number in range(count):
            name = planted_id("CERTIFICATE")
            certificate = SigningCertificate(name, user.name, _PEM.format(number=number))
            certificate.upload_date = between(self.rng, user.create_date, self.now)
            certificate.status = ("Active", "Inactive")[number]
            user.signing_certificates[name] = certificate

    def service_credentials(self, user: User) -> None:
        held = self.cloud.service_credentials.setdefault(self.backend.account_id, [])
        created = between(self.rng, user.create_date, self.now).replace(tzinfo=timezone.utc)
        common = {"UserName": user.name, "CreateDate": created}
        held.append(
            {
                **common,
                "ServiceSpecificCredentialId": planted_id("ACCA"),
                "ServiceName": "codecommit.amazonaws.com",
                "ServiceUserName": f"{user.name}-at-{self.backend.account_id}",
                "Status": "Active",
            }
        )
        if len(held) % 2:
            held.append(
                {
                    **common,
                    "ServiceSpecificCredentialId": planted_id("ACCA"),
                    "ServiceName": "bedrock.amazonaws.com",
                    "ServiceCredentialAlias": f"BedrockAPIKey-{len(held)}",
                    "ExpirationDate": created + timedelta(days=30),
                    "Status": "Inactive",
                }
            )

    def end_first_key(self, user: User) -> None:
        """Keys that are not in use any more are still listed."""
        for key in user.access_keys[:1]:
            key.status = "Inactive"
