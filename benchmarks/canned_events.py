"""AWS's answers to a sync of audit_events from memory, in a process of its own: python -m benchmarks.canned_events …

Embedded AWS takes more CPU for a page than its reader does, and on a machine of two processors it takes it from the
reader. Here a page is a slice of finished texts. Any role can be assumed, every account has the same events in every
Region, and LookupEvents has embedded AWS's own quota. No signature is checked.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cases import PAGE, REGIONS
from benchmarks.history import events
from embedded_aws.server.event_shape import event_of
from embedded_aws.server.quota import RateQuota

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT: Final = "100000000001"
_HEADER: Final = "HTTP/1.1 {} X\r\nContent-Type: {}\r\nx-amzn-RequestId: canned\r\nContent-Length: {}\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
# The key of an account is made of its id.
_PAIR: Final = re.compile(rb"Credential=.{4}(\d{12})\w*/\d+/([a-z0-9-]+)/")
_ROLE: Final = re.compile(rb"RoleArn=arn%3Aaws%3Aiam%3A%3A(\d{12})")
_XML: Final = '<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result>{1}</{0}Result></{0}Response>'
_IDENTITY: Final = "<Arn>arn:aws:iam::{0}:user/reader</Arn><UserId>AIDAREADER</UserId><Account>{0}</Account>"
_SESSION: Final = (
    "<Credentials><AccessKeyId>ASIA{0}0000</AccessKeyId><SecretAccessKey>canned</SecretAccessKey>"
    "<SessionToken>canned</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    "<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::{0}:assumed-role/r/x</Arn></AssumedRoleUser>"
)
_THROTTLED: Final = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'


@dataclass(frozen=True)
class Canned:
    """`count` events in each account and Region, over `days`. `latency` is in seconds, `rate` in calls per second."""

    count: int
    days: float
    latency: float = 0
    rate: float = 0


@dataclass
class Counted:
    """What was asked of LookupEvents since the last time."""

    requests: int = 0
    throttled: int = 0
    most_of_a_pair: int = 0


@dataclass
class CannedEvents:
    """The server's answers."""

    canned: Canned
    quota: RateQuota = field(default_factory=RateQuota)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    throttled: int = 0

    def __post_init__(self) -> None:
        counts = {REGIONS[0]: self.canned.count}
        planted = sorted(events(ACCOUNT, counts, self.canned.days), key=lambda event: event[0])
        self._times = [moment for moment, _ in planted]
        self._texts = [
            json.dumps(event_of(record, moment), separators=(",", ":"), ensure_ascii=False).encode()
            for moment, record in planted
        ]

    def answer(self, head: bytes, body: bytes) -> tuple[int, str, bytes]:
        """Return status, content type and body."""
        time.sleep(self.canned.latency)
        if not body.startswith(b"{"):
            return 200, "text/xml", _of_sts(head, body)
        status, page = self._lookup(head, json.loads(body))
        return status, "application/x-amz-json-1.1", page

    def counted(self) -> Counted:
        """Return what was counted since the last time."""
        found = Counted(self.requests.total(), self.throttled, max(self.requests.values(), default=0))
        self.requests.clear()
        self.throttled = 0
        return found

    def _lookup(self, head: bytes, request: dict[str, Any]) -> tuple[int, bytes]:
        pair = _pair(head)
        self.requests[pair] += 1
        if self.canned.rate and not self.quota.admits(pair, self.canned.rate, datetime.now(timezone.utc)):
            self.throttled += 1
            return 400, _THROTTLED
        first = bisect_left(self._times, int(request.get("StartTime", 0)))
        after = bisect_right(self._times, int(request.get("EndTime", 1 << 40)))
        # The token is the position where the page before ended.
        end = int(request.get("NextToken", after))
        start = max(end - PAGE, first)
        token = f',"NextToken":"{start}"' if start > first else ""
        return 200, b'{"Events":[%s]%s}' % (b",".join(self._texts[start:end][::-1]), token.encode())


def _of_sts(head: bytes, body: bytes) -> bytes:
    role = _ROLE.search(body)
    if role:
        return _XML.format("AssumeRole", _SESSION.format(role[1].decode())).encode()
    return _XML.format("GetCallerIdentity", _IDENTITY.format(_pair(head)[0])).encode()


def _pair(head: bytes) -> tuple[str, str]:
    found = _PAIR.search(head)
    return (found[1].decode(), found[2].decode()) if found else (ACCOUNT, "")


def _serve(connection: socket.socket, answers: CannedEvents) -> None:
    received = b""
    with connection:
        while True:
            while b"\r\n\r\n" not in received:
                more = connection.recv(1 << 16)
                if not more:
                    return
                received += more
            head, _, body = received.partition(b"\r\n\r\n")
            length = int(found[1]) if (found := _LENGTH.search(head)) else 0
            while len(body) < length:
                body += connection.recv(1 << 16)
            request, received = body[:length], body[length:]
            status, kind, answer = answers.answer(head, request)
            connection.sendall(_HEADER.format(status, kind, len(answer)).encode() + answer)


class Server:
    """The other process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._line()

    def counted(self) -> Counted:
        """Return what was asked since the last time."""
        print("count", file=self._process.stdin, flush=True)
        return Counted(**json.loads(self._line()))

    def _line(self) -> str:
        return self._process.stdout.readline().strip() if self._process.stdout else ""


@contextmanager
def canned_events(canned: Canned) -> Iterator[Server]:
    """Serve in another process."""
    command = [sys.executable, "-m", "benchmarks.canned_events", json.dumps(asdict(canned))]
    folder = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def main() -> None:
    """Print the URL, and then what was counted for each line of input. Its end ends the process."""
    answers = CannedEvents(Canned(**json.loads(sys.argv[1])))
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        threading.Thread(target=_accept, args=(listener, answers), daemon=True).start()
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        for _ in sys.stdin:
            print(json.dumps(asdict(answers.counted())), flush=True)


def _accept(listener: socket.socket, answers: CannedEvents) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve, args=(connection, answers), daemon=True).start()


if __name__ == "__main__":
    main()
