"""Users wait here for their groups, which are rows of other streams, and come before or after them.

Both are kept on disk, and joined when the streams have ended. Memory holds the memberships of one user at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

import orjson

from destination_security_lake.disk.sorted_lines import MEMORY, Line, SortedLines
from destination_security_lake.disk.work_folder import WorkFolder
from destination_security_lake.ocsf.json_values import Json, TooDeepError, cleaned
from destination_security_lake.ocsf.mapping import LEVELS_OF_A_ROW, ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from destination_security_lake.ocsf.user_inventory import IDENTITY_CENTER_USERS, USERS, user_key

MEMBERSHIPS: Final[Mapping[str, str]] = {
    USERS: "group_members",
    IDENTITY_CENTER_USERS: "identity_center_group_members",
}
"""Stream of users -> stream of their memberships."""

_USERS_OF: Final = {of_members: stream for stream, of_members in MEMBERSHIPS.items()}
_SEPARATOR: Final = b"\t"
# Where the time stands in the line of a user: a membership has none, and so stands before the user.
_NO_TIME: Final = b""


class _Line(NamedTuple):
    """A row as it is kept: stream of users, what joins the rows of one user, when the user was read, and the row."""

    stream: bytes
    key: bytes
    read_at: bytes
    row: bytes

    @property
    def user(self) -> tuple[bytes, bytes]:
        return self.stream, self.key


class Users:
    """The users and memberships that were read so far.

        users = Users(folder)
        users.add("users", row, read_at)            # and rows of group_members, in any order
        for result in users.rows(complete):         # when these streams have ended, or the input has
            …                                       # an OcsfRow, or an UnmappedRow to count and to name

    No user is mapped before, so that no state message of these streams may be passed on before.
    """

    def __init__(self, folder: WorkFolder, name: str = "users", memory: int = MEMORY) -> None:
        """Keep the rows in the file `name` of the folder, and about `memory` bytes of them in memory."""
        self._lines = SortedLines(folder, name, memory)

    @property
    def bytes(self) -> int:
        """How much the rows take as text."""
        return self._lines.bytes

    def add(self, stream: str, row: Mapping[str, Json], read_at: datetime) -> OcsfRow | UnmappedRow | None:
        """Keep a row of a stream of MEMBERSHIPS. Return what becomes of it where it need not wait: it nests too deep.

        `read_at` is when the row was read, aware. Raises KeyError for another stream, and WorkFolderError where the
        disk is full. While `rows` is read this raises RuntimeError.
        """
        try:
            self._lines.add(_user(stream, row, read_at) if stream in MEMBERSHIPS else _membership(stream, row))
        except TooDeepError:
            return ocsf_row(stream, row, read_at)
        return None

    def rows(self, complete: Collection[str]) -> Iterator[OcsfRow | UnmappedRow]:
        """Map each user with the groups, and forget all of them after the last.

        `complete` are the streams of memberships that were read to their end. Where the stream of a user is not among
        them, the groups are not known, and a part of them would read as all. Where the caller stops earlier, all rows
        are kept.
        """
        with self._lines.emptied() as lines:
            for (name, _), of_user in groupby(map(_parsed, lines), attrgetter("user")):
                stream = name.decode()
                is_known = MEMBERSHIPS[stream] in complete
                # What was read twice is one membership.
                memberships: dict[Line, Json] = {}
                for line in of_user:
                    row = orjson.loads(line.row)
                    if line.read_at == _NO_TIME:
                        memberships[line.row] = row
                    else:
                        read_at = datetime.fromisoformat(line.read_at.decode())
                        yield ocsf_row(stream, row, read_at, [*memberships.values()] if is_known else None)


def _user(stream: str, row: Mapping[str, Json], read_at: datetime) -> Line:
    return _line(stream, stream, read_at.isoformat().encode(), cleaned({**row}, LEVELS_OF_A_ROW))


def _membership(stream: str, row: Mapping[str, Json]) -> Line:
    # Names and ids are all that is read. In one order, so that the same membership is the same text.
    plain = {name: cleaned(row[name]) for name in sorted(row) if not isinstance(row[name], (dict, list))}
    return _line(_USERS_OF[stream], stream, _NO_TIME, plain)


def _line(of_users: str, stream: str, read_at: bytes, row: Mapping[str, Json]) -> Line:
    key = orjson.dumps(user_key(stream, row), option=orjson.OPT_SORT_KEYS)
    text = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    return _SEPARATOR.join((of_users.encode(), key, read_at, text))


def _parsed(line: Line) -> _Line:
    return _Line(*line.split(_SEPARATOR))
