"""Users and groups of one account among many: fewer kinds than in the home account, made quickly."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from moto.iam.models import AccessKeyLastUsed, IAMBackend, User

_NAMES = ("ana", "bo", "chidi", "dana", "elif", "farid", "grace", "hiro", "ines", "juan", "kofi", "lena")
_PATHS = ("/", "/", "/people/", "/service/")
_TEAMS = ("platform", "payments", "Müller & Söhne", "")
_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}]}
)
_EVERY_NTH_WITH_A_KEY = 10


def plant_member(backend: IAMBackend, users: int, groups: int, now: datetime) -> None:
    """Make the users, who depend on the account id only; no two accounts have the same. `now` is naive UTC."""
    rng = Random(backend.account_id)  # noqa: S311 - reproducible, not secret
    planted = [_user(backend, number, rng, now) for number in range(users)]
    for number in range(groups):
        group = backend.create_group(f"team-{number}", "/")
        group.id, group.create_date = _id(rng, "AGPA"), _past(rng, now)
        group.users += rng.sample(planted, min(len(planted), rng.randrange(0, 12)))
        if number % 2:
            group.put_policy("group-inline", _POLICY)


def _user(backend: IAMBackend, number: int, rng: Random, now: datetime) -> User:
    tags = [{"Key": "Team", "Value": rng.choice(_TEAMS)}] if rng.random() < 0.5 else []
    name = f"{rng.choice(_NAMES)}.{backend.account_id[-4:]}-{number}"
    user = backend.create_user(backend.region_name, name, rng.choice(_PATHS), tags)
    user.id, user.create_date = _id(rng, "AIDA"), _past(rng, now)
    if rng.random() < 0.1:
        user.put_policy("inline", _POLICY)
    if rng.random() < 0.3:
        user.password = "planted"
        user.password_last_used = user.create_date  # type: ignore[assignment]
    if number % _EVERY_NTH_WITH_A_KEY == 0:
        key = backend.create_access_key(name)
        key.create_date = user.create_date
        key.last_used = AccessKeyLastUsed(user.create_date, "s3", "us-east-1")
    return user


def _id(rng: Random, prefix: str) -> str:
    return f"{prefix}{rng.getrandbits(68):017X}"


def _past(rng: Random, now: datetime) -> datetime:
    return now - timedelta(seconds=rng.randrange(3 * 365 * 86_400))
