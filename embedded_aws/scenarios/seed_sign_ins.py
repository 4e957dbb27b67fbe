"""People of IAM Identity Center sign in, enter accounts and applications, and some of them never do.

All of it is in the Region of the instance. The events of `Seed` stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from embedded_aws.scenarios import sign_in_templates as templates
from embedded_aws.scenarios.seed_identity_center import add_role
from embedded_aws.scenarios.sign_in_templates import Entrance, Person
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_history import as_event_time
from embedded_aws.server.identity_center import Instance

_KINDS = 6


@dataclass(frozen=True)
class Step:
    """A step of a sign-in that succeeded. `second_factor` is None where the step cannot say it."""

    user_id: str
    time: datetime
    name: str
    address: str
    second_factor: bool | None = None


@dataclass(frozen=True)
class Use:
    """A person used an account with a permission set, or an application."""

    user_id: str
    time: datetime
    account_id: str | None = None
    permission_set: str | None = None
    application: str | None = None


@dataclass
class SignIns:
    """What happened, in no order, to compare the answers to questions with."""

    steps: list[Step] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)


def plant_sign_ins(cloud: Cloud, instance: Instance, accounts: Sequence[str]) -> SignIns:
    """Let the people of an instance sign in, by number: a sixth of them in each way."""
    planter = _Planter(cloud, instance)
    for number, user_id in enumerate(instance.users):
        planter.sign_in(number, user_id, accounts[number % len(accounts)])
    return planter.done


class _Planter:
    def __init__(self, cloud: Cloud, instance: Instance) -> None:
        self._cloud = cloud
        self._instance = instance
        self._rng = Random(instance.number)  # noqa: S311 - reproducible, not secret
        self._now = cloud.now().astimezone(timezone.utc).replace(microsecond=0)
        self.done = SignIns()

    def sign_in(self, number: int, user_id: str, account_id: str) -> None:
        kind = number % _KINDS
        person = Person(self._instance, user_id, f"credential-{self._instance.number}-{number:05}")
        entrance = self._entrance(account_id)
        time = self._now - timedelta(days=1 + number % 7, minutes=number)
        address = f"203.0.113.{number % 250 + 1}"
        if kind == 0:
            # Twice, with a second factor: what is older must not be taken for the last one.
            for earlier in (timedelta(days=9), timedelta()):
                self._authenticate(person, time - earlier, address, "PASSWORD", "TOTP")
                self._open_console(person, entrance, time - earlier + timedelta(seconds=10), address)
        elif kind == 1:
            self._fail(person, time - timedelta(seconds=30), address)
            self._authenticate(person, time, address, "PASSWORD")
            self._use_applications(person, time + timedelta(seconds=10), address)
        elif kind == 2:
            self._authenticate(person, time, address, "EXTERNAL_IDP")
            self._use_command_line(person, entrance, time + timedelta(seconds=10), address)
        elif kind == 3:
            self._fail(person, time, address)
            self._record(templates.unknown_name(person), time, address)
        elif kind == 4:
            self._authenticate(person, time, address, "PASSWORD", "WEBAUTHN")
        # The others never sign in.

    def _entrance(self, account_id: str) -> Entrance:
        one = next(one for one in self._instance.permission_sets.values() if account_id in one.provisioned)
        add_role(self._cloud, self._instance, one, account_id)
        return Entrance(one, account_id)

    def _authenticate(self, person: Person, time: datetime, address: str, *credentials: str) -> None:
        """Of users of an external identity provider, the steps before the last one are the provider's."""
        for number, credential in enumerate(credentials if credentials != ("EXTERNAL_IDP",) else ()):
            at = time - timedelta(seconds=8 - 3 * number)
            self._record(templates.step(person, "CredentialChallenge", credential), at, address)
            at += timedelta(seconds=1)
            self._record(templates.step(person, "CredentialVerification", credential), at, address)
            second = True if credential != "PASSWORD" else None
            self._step(person, at, "CredentialVerification", address, second)
        self._record(templates.step(person, "UserAuthentication", ",".join(credentials)), time, address)
        second = None if credentials == ("EXTERNAL_IDP",) else len(credentials) > 1
        self._step(person, time, "UserAuthentication", address, second)

    def _fail(self, person: Person, time: datetime, address: str) -> None:
        self._record(templates.step(person, "CredentialChallenge", "PASSWORD"), time, address)
        failed = templates.step(person, "CredentialVerification", "PASSWORD", "Failure")
        self._record(failed, time + timedelta(seconds=1), address)

    def _open_console(self, person: Person, entrance: Entrance, time: datetime, address: str) -> None:
        """The sessions do not say whose they are, but by their name."""
        self._record(templates.federate(person, entrance), time, address)
        self._step(person, time, "Federate", address)
        self._record(templates.assume_role_with_saml(person, entrance), time, address, entrance.account_id)
        time += timedelta(seconds=2)
        login = templates.console_login(person, entrance, named=False)
        self._record(login, time, address, entrance.account_id)
        self._step(person, time, "ConsoleLogin", address)
        time += timedelta(minutes=5)
        self._call(person, entrance, time, address, named=False)

    def _use_command_line(self, person: Person, entrance: Entrance, time: datetime, address: str) -> None:
        self._record(templates.get_role_credentials(person, entrance), time, address)
        self._record(templates.assume_role_with_saml(person, entrance), time, address, entrance.account_id)
        self._call(person, entrance, time + timedelta(seconds=5), address, named=True)

    def _use_applications(self, person: Person, time: datetime, address: str) -> None:
        relay_id = "a1b2c3d4-0000-4000-8000-00000000beef"
        self._record(templates.federate_to_application(person, relay_id), time, address)
        self._step(person, time, "Federate", address)
        self._use(person, time, application=f'{{"relayId":"{relay_id}"}}')
        time += timedelta(seconds=20)
        digits = f"{self._instance.number:016x}"
        owner, partition = self._instance.owner, self._instance.partition
        arn = f"arn:{partition}:sso::{owner}:application/ssoins-{digits}/apl-{digits}"
        self._record(templates.create_token_with_iam(person, arn), time, "192.0.2.77")
        self._use(person, time, application=arn)

    def _call(self, person: Person, entrance: Entrance, time: datetime, address: str, *, named: bool) -> None:
        record = templates.describe_instances(person, entrance, named=named)
        self._record(record, time, address, entrance.account_id)
        self._use(person, time, account_id=entrance.account_id, permission_set=entrance.permission_set.name)

    def _step(self, person: Person, time: datetime, name: str, address: str, second_factor: bool | None = None) -> None:
        self.done.steps.append(Step(person.user_id, time, name, address, second_factor))

    def _use(self, person: Person, time: datetime, **used: str) -> None:
        self.done.uses.append(Use(person.user_id, time, **used))

    def _record(self, content: templates.Content, time: datetime, address: str, account_id: str = "") -> None:
        digits = f"{self._rng.getrandbits(128):032x}"
        record: dict[str, Any] = {
            "eventVersion": "1.11",
            "eventTime": as_event_time(int(time.timestamp())),
            "awsRegion": self._instance.region,
            "requestID": digits,
            "eventID": "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])),
            "sourceIPAddress": address,
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
            "managementEvent": True,
            "recipientAccountId": account_id or self._instance.owner,
            "eventCategory": "Management",
            **content,
        }
        self._cloud.events.add(record)
