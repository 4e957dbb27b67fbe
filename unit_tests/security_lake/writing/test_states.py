"""A state is confirmed when all rows before it are in the lake, in its order, and as it came."""

from __future__ import annotations

from collections import Counter

from airbyte_cdk.models import (
    AirbyteGlobalState,
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)
from hypothesis import given
from hypothesis import strategies as st

from destination_security_lake.writing.states import WaitingStates

STREAMS = ("audit_events", "users", "group_members")
ALL = None


def state_of(stream: str | None, number: int) -> AirbyteStateMessage:
    blob = AirbyteStateBlob(number=number)
    if stream is ALL:
        # A legacy state has no type.
        if number % 2:
            return AirbyteStateMessage(data={"number": number})
        return AirbyteStateMessage(AirbyteStateType.GLOBAL, global_=AirbyteGlobalState([], blob))
    return AirbyteStateMessage(AirbyteStateType.STREAM, AirbyteStreamState(StreamDescriptor(stream), blob))


def counted(message: AirbyteMessage) -> float:
    assert message.state
    assert message.state.destinationStats
    return message.state.destinationStats.recordCount or 0


steps = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(STREAMS)),
        st.tuples(st.just("state"), st.sampled_from([*STREAMS, ALL])),
        st.tuples(st.just("written"), st.sets(st.sampled_from(STREAMS))),
    ),
    max_size=60,
)


@given(steps)
def test_no_state_is_confirmed_before_its_rows_and_none_overtakes_another(steps: list[tuple[str, object]]) -> None:
    waiting = WaitingStates()
    unwritten: Counter[str] = Counter()
    # For each state what has to be written first: {stream: how many of its rows}.
    needed: list[tuple[AirbyteStateMessage, str | None, Counter[str]]] = []
    received: Counter[str] = Counter()
    written: Counter[str] = Counter()
    confirmed: list[AirbyteMessage] = []

    def take() -> None:
        for message in waiting.confirmed(frozenset(+unwritten)):
            [(state, _, before)] = [one for one in needed if one[0] is message.state]
            assert before <= written, state
            confirmed.append(message)

    for kind, what in steps:
        if kind == "record":
            waiting.count(str(what))
            received[str(what)] += 1
            unwritten[str(what)] += 1
        elif kind == "state":
            stream = what if isinstance(what, str) else ALL
            state = state_of(stream, len(needed))
            before = Counter({name: rows for name, rows in received.items() if stream in (name, ALL)})
            needed.append((state, stream, before))
            waiting.wait(state)
        elif isinstance(what, set):
            for name in what:
                written[name] = received[name]
                unwritten[name] = 0
        take()
    written, unwritten = received, Counter()
    take()

    for stream in (*STREAMS, ALL):
        sent = [state for state, of_stream, _ in needed if of_stream == stream]
        assert [message.state for message in confirmed if message.state in sent] == sent
    assert len(confirmed) == len(needed)
    assert sum(map(counted, confirmed)) <= sum(received.values())


def test_each_record_is_counted_for_one_state() -> None:
    waiting = WaitingStates()
    for stream in ("users", "audit_events", "audit_events"):
        waiting.count(stream)
    states = [state_of("audit_events", 0), state_of(ALL, 1), state_of("audit_events", 2)]
    for state in states:
        waiting.wait(state)

    assert [*map(counted, waiting.confirmed(frozenset()))] == [2.0, 1.0, 0.0]


def test_a_state_of_one_stream_does_not_wait_for_another() -> None:
    waiting = WaitingStates()
    events, users = state_of("audit_events", 0), state_of("users", 1)
    waiting.wait(users)
    waiting.wait(events)

    assert [message.state for message in waiting.confirmed({"users"})] == [events]
    assert [message.state for message in waiting.confirmed(frozenset())] == [users]
