"""Who may become a role, by its trust policy and by their own policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.policy_logic import Answer, Question, Statement, covers_action, has_condition, several
from embedded_aws.truth.principals import Assigned, Principal, assigned, document_statements, principals

_CALLS: Final = {
    "AWS": ["sts:AssumeRole"],
    "Service": ["sts:AssumeRole"],
    "Federated": ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
}
_ACCOUNT_DIGITS: Final = 12
_DELETED: Final = ("AIDA", "AROA")


@dataclass(frozen=True)
class Source:
    """Who becomes a role. `names` are those by which a policy may mean it: itself, then its account."""

    kind: str
    key: str
    name: str
    arn: str | None
    account_id: str | None
    trusted_kind: str = "AWS"
    principal: Principal | None = None


@dataclass(frozen=True)
class Assumption:
    """A source that may become a role."""

    source: Source
    role: Principal
    answer: Answer
    conditions: Sequence[Any] = ()
    external_id_required: bool = False
    mfa_required: bool = False


class Trusts:
    """The trust policies of the roles of some accounts."""

    def __init__(self, aws: Cloud, accounts: Sequence[str]) -> None:
        self.principals = principals(aws, accounts)
        self.assigned: list[Assigned] = list(assigned(aws, accounts))
        self.accounts = set(accounts)
        self._partition = aws.partition
        self._documents = {
            role.id: document_statements(role.assume_role_policy_document)
            for account_id in accounts
            for role in aws.iam(account_id).roles.values()
        }
        self._questions = {one: Question("sts:AssumeRole", self.principals[one].arn) for one in self._documents}

    def assumptions(self) -> Iterator[Assumption]:
        """One for each source and role, where the answer is not no."""
        sources = [*self._known(), *self._others()]
        for role_id, statements in self._documents.items():
            role = self.principals[role_id]
            for source in sources:
                found = self._may(source, role, statements)
                if found.answer and source.key != role_id:
                    yield found
        people = {(one.key, one.role_id): one for one in self.assigned}
        for one in people.values():
            source = Source("Identity Center user", one.key, one.name, one.arn, None)
            yield Assumption(source, self.principals[one.role_id], Answer.YES)

    def _known(self) -> Iterator[Source]:
        """The root user cannot assume roles."""
        for one in self.principals.values():
            if one.kind != "root user":
                yield Source(one.kind, one.id, one.name, one.arn, one.account_id, principal=one)

    def _others(self) -> Iterator[Source]:
        yield Source("anybody", "*", "*", None, None)
        own = {one.arn for one in self.principals.values()}
        named = {
            (kind, name)
            for statements in self._documents.values()
            for statement in statements
            if statement["Effect"] == "Allow"
            for kind, name in self._names(statement.get("Principal"))
            if any(covers_action(statement, call) for call in _CALLS[kind])
        }
        for kind, name in named:
            account = _account_of(name)
            arn = name if name.startswith("arn:") else None
            if kind != "AWS":
                yield Source(kind.lower(), name, name, arn, account, kind)
            elif not (name == "*" or name.startswith(_DELETED) or name in own or account in self.accounts):
                yield Source("account" if name.endswith(":root") else "principal", name, name, arn, account)

    def _may(self, source: Source, role: Principal, statements: Sequence[Statement]) -> Assumption:
        """The two ways: the trust policy alone, where it names somebody of the same account, and it together with a
        policy of that somebody.
        """
        alone = both = forbidden = Answer.NO
        used: list[Statement] = []
        conditions: list[Any] = []
        for statement in statements:
            if not any(covers_action(statement, call) for call in _CALLS[source.trusted_kind]):
                continue
            for is_direct, meant in self._meant(statement, source):
                certain = min(meant, Answer.CONDITIONAL) if has_condition(statement) else meant
                if certain and has_condition(statement) and statement["Condition"] not in conditions:
                    conditions.append(statement["Condition"])
                if statement["Effect"] == "Deny":
                    forbidden = max(forbidden, certain)
                elif certain:
                    used.append(statement)
                    both = max(both, certain)
                    is_enough = source.principal is None or (is_direct and source.account_id == role.account_id)
                    alone = max(alone, certain if is_enough else Answer.NO)
        if both and source.principal:
            own, question = source.principal.statements, self._questions[role.id]
            both = min(both, question.allows(own))
            forbidden = max(forbidden, question.denies(own))
        answer = min(max(alone, both), forbidden.otherwise)
        return Assumption(
            source,
            role,
            answer,
            conditions,
            bool(used) and all(_demands(one, "sts:ExternalId") for one in used),
            bool(used) and all(_demands(one, "aws:MultiFactorAuthPresent", "true") for one in used),
        )

    def _meant(self, statement: Statement, source: Source) -> Iterator[tuple[bool, Answer]]:
        """Whether the statement means the source by more than its account, and how certainly it does."""
        is_denial = statement["Effect"] == "Deny"
        if "NotPrincipal" in statement:
            if is_denial or source.kind in {"IAM user", "role", "anybody"}:
                yield True, self._not_excepted(statement, source)
            return
        names = self._names(statement.get("Principal"))
        everybody = ("AWS", "*") in names
        if (source.trusted_kind, source.arn or source.key) in names:
            yield True, Answer.YES
        if everybody and source.kind != "anybody" and (is_denial or source.principal):
            yield True, Answer.YES
        if source.trusted_kind == "AWS" and source.kind != "account" and ("AWS", self._root(source)) in names:
            yield False, Answer.YES
        if source.kind == "role" and any(_is_session(name, source) for _, name in names):
            yield True, Answer.CONDITIONAL

    def _not_excepted(self, statement: Statement, source: Source) -> Answer:
        """A denial spares only those whom it names with every name that they have: a role's sessions have one each."""
        excepted = self._names(statement["NotPrincipal"])
        itself = (source.trusted_kind, source.arn or source.key) in excepted
        account = source.trusted_kind == "AWS" and ("AWS", self._root(source)) in excepted
        if statement["Effect"] == "Allow":
            if itself:
                return Answer.NO
            return Answer.CONDITIONAL if account else Answer.YES
        if source.kind == "anybody":
            return Answer.CONDITIONAL
        if source.kind in {"service", "federated"}:
            return Answer.NO if itself else Answer.YES
        if itself and account and source.kind == "IAM user":
            return Answer.NO
        return Answer.CONDITIONAL if itself or account else Answer.YES

    def _root(self, source: Source) -> str:
        return f"arn:{self._partition}:iam::{source.account_id}:root"

    def _names(self, principal: Any) -> set[tuple[str, str]]:
        """(Kind, name) of each; accounts by their ARNs."""
        by_kind: Mapping[str, Any] = principal if isinstance(principal, dict) else {"AWS": principal}
        return {
            (kind, f"arn:{self._partition}:iam::{name}:root" if kind == "AWS" and _is_account(name) else name)
            for kind, names in by_kind.items()
            for name in several(names)
        }


def _is_account(name: str) -> bool:
    return len(name) == _ACCOUNT_DIGITS and name.isdigit()


def _account_of(name: str) -> str | None:
    parts = name.split(":")
    return parts[4] if name.startswith("arn:") and _is_account(parts[4]) else None


def _is_session(name: str, source: Source) -> bool:
    return (
        name.startswith("arn:")
        and name.split(":")[2] == "sts"
        and (name.split(":")[4:] == [str(source.account_id), f"assumed-role/{source.name}/{name.rpartition('/')[2]}"])
    )


def _demands(statement: Statement, key: str, value: str | None = None) -> bool:
    tests: Iterable[tuple[str, Any]] = (
        (name, found)
        for keys in statement.get("Condition", {}).values()
        for name, values in keys.items()
        for found in several(values)
    )
    return any(name.lower() == key.lower() and value in (None, found) for name, found in tests)
