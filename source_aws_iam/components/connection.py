"""What the components of one sync share: the settings, the accounts, and the order in which they are read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from source_aws_iam.accounts.departures import Departures
from source_aws_iam.accounts.failures import WHOLE, Failures, Place, without_frames
from source_aws_iam.accounts.members import members
from source_aws_iam.accounts.turnstile import Turnstile
from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.session import Session
from source_aws_iam.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from source_aws_iam.accounts.member import Member

# While one account is finished, the next must be under way.
FEWEST_ACCOUNTS_AT_A_TIME: Final = 2


class Connection:
    """The accounts of one configuration. Holds the config itself, so that its identity stays taken."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take a config that is valid by the spec."""
        self._config = config
        self.settings = Settings.of(config)
        self.failures = Failures()
        self.left_by_audit = Departures()
        self.hub = Session(self.settings)
        self.at_a_time = max(self.settings.workers, FEWEST_ACCOUNTS_AT_A_TIME)
        self._together: frozenset[str] = frozenset()
        self._numbers: dict[str, int] = {}
        self._turnstile: Turnstile | None = None
        self._found: list[Member] | AwsError | None = None
        self._lock = threading.Lock()

    @property
    def many(self) -> bool:
        """Whether an account that fails is left out, and the others are read."""
        return self.settings.accounts.many

    def read_together(self, streams: Collection[str]) -> None:
        """Before the sync: these streams go through the accounts together."""
        self._together = frozenset(streams)

    def members(self) -> list[Member]:
        """Return all accounts. Raises the AwsError of the one attempt to find them."""
        with self._lock:
            if self._found is None:
                try:
                    self._found = members(self.hub)
                except AwsError as error:
                    self._found = error
                else:
                    self._numbers = {member.account_id: number for number, member in enumerate(self._found)}
            if isinstance(self._found, AwsError):
                raise without_frames(self._found)
            return self._found

    def member(self, account_id: str) -> Member:
        """Return one account."""
        found = self.members()
        return found[self._numbers[account_id]]

    def turns(self, stream: str) -> Iterator[str]:
        """Yield the ids of the accounts, each when `stream` may read it. Of many, end when it has read all of them."""
        found, turnstile = self.members(), self.turnstile
        for number in turnstile.turns(stream):
            yield found[number].account_id
        if self.many:
            turnstile.wait_until_read(stream)

    def finished(self) -> Iterator[Member]:
        """Yield the accounts, each when all streams of the sync are done with it, audit_events too."""
        found = self.members()
        for number in self.turnstile.finished():
            self.left_by_audit.wait_for(found[number].account_id)
            yield found[number]

    def failed(self, stream: str, account_id: str, error: Exception, *, region: str = WHOLE) -> bool:
        """Remember that `stream` could not be read in the account, or in one Region of it.

        Return whether the stream goes on without it. An error that is not AWS's has to be raised as it came.
        """
        place = Place(account_id, region)
        failure = self.failures.add(stream, place, error)
        if self.many:
            self.failures.tell(stream, place, failure)
        return self.many and isinstance(error, AwsError)

    def done(self, stream: str, account_id: str) -> None:
        """`stream` has read the account, or failed to."""
        self.turnstile.done(stream, self._numbers[account_id])

    @property
    def turnstile(self) -> Turnstile:
        """The order in which the accounts are read."""
        found = self.members()
        with self._lock:
            if self._turnstile is None:
                for member in found if self._together else ():
                    member.hold()
                self._turnstile = Turnstile(
                    len(found),
                    self._together,
                    window=self.at_a_time,
                    release=lambda number: found[number].let_go(),
                )
            return self._turnstile


_connections: WeakValueDictionary[int, Connection] = WeakValueDictionary()
_lock = threading.Lock()


def connection(config: Mapping[str, Any]) -> Connection:
    """Return the Connection of this very config object.

    The CDK builds each component on its own and hands it nothing but the config, so its identity is what the components
    of one sync have in common. The connection lives as long as one of them does.
    """
    with _lock:
        found = _connections.get(id(config))
        if found is None:
            found = _connections[id(config)] = Connection(config)
        return found
