"""What the components of one sync share: the settings and one session per account."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from source_aws_iam.aws.session import Session
from source_aws_iam.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Connection:
    """The accounts of one configuration. Holds the config itself, so that its identity stays taken."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take a config that is valid by the spec."""
        self._config = config
        self.settings = Settings.of(config)
        self._session = Session(self.settings)

    def sessions(self) -> list[Session]:
        """Return the sessions of all accounts."""
        return [self._session]

    def session(self, account_id: str) -> Session:
        """Return the session of one account."""
        return next(session for session in self.sessions() if session.account_id == account_id)


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
