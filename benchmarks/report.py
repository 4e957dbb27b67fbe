"""Tables in Markdown, so that they can be pasted."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.measurement import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measurement import Asked, Measurement

_MEGA = 1_000_000
CONNECTOR: Final = "connector"


def report(done: Sequence[Measurement]) -> Iterator[str]:
    """Yield the lines of all tables."""
    yield from table(
        "case | events | limit s | start-up s | seconds | (seconds - start-up) / limit | events/s | requests | "
        "most of a pair | throttled | CPU s | peak MB | plain s | plain requests | plain throttled",
        [_row(one) for one in done],
    )
    several = [one for one in done if one.case.accounts > 1]
    if several:
        yield ""
        yield from table(
            "pairs of account and Region | share read at half time: least | median | most | "
            "seconds to the last event: first pair | median | last pair",
            [_fairness(one) for one in several],
        )
    unlimited = _unlimited(done)
    if len(unlimited) > 1:
        yield ""
        yield from _per_event(unlimited[0], unlimited[-1])


def ratios(done: Sequence[Measurement]) -> dict[str, str]:
    """Return what each case took in terms of AWS's limit, and an event in terms of the plain loop's."""
    found = {
        f"{one.case.title}, {one.case.total:,} events": (
            f"{one.ratio:.3f} x the limit, {_share(one.connector)} throttled, {one.connector.run.cpu_seconds:.1f} s CPU"
        )
        for one in done
        if one.ratio is not None
    }
    unlimited = _unlimited(done)
    if len(unlimited) > 1:
        spent = _spent(unlimited[0], unlimited[-1])
        loops = {name: per_event for name, per_event in spent.items() if name != CONNECTOR}
        compared = "".join(f", {spent[CONNECTOR] / per_event:.2f} x the {name}" for name, per_event in loops.items())
        few, many = (one.connector.run.peak_bytes for one in (unlimited[0], unlimited[-1]))
        sizes = f"{unlimited[0].case.total:,} to {unlimited[-1].case.total:,} events"
        found[sizes] = f"{spent[CONNECTOR]:.0f} µs CPU an event{compared}, memory {many / few:.2f} x"
    return found


def _unlimited(done: Sequence[Measurement]) -> list[Measurement]:
    return sorted((one for one in done if not one.case.quota), key=lambda one: one.case.total)


def _spent(few: Measurement, many: Measurement) -> dict[str, float]:
    """CPU per event, in microseconds, as the slope between two sizes, which leaves out what every start costs."""
    events = many.case.total - few.case.total
    runs = {CONNECTOR: (few.connector, many.connector)}
    runs |= {name: (few.loops[name], many.loops[name]) for name in many.loops}
    return {name: (more.run.cpu_seconds - less.run.cpu_seconds) / events * _MEGA for name, (less, more) in runs.items()}


def _row(one: Measurement) -> list[str]:
    run, plain = one.connector.run, one.loops.get(PLAIN)
    return [
        one.case.title,
        f"{one.case.total:,}",
        _number(one.case.limit),
        _number(one.startup),
        _number(run.seconds),
        _number(one.ratio, 3),
        f"{run.events / max(run.seconds - one.startup, 0.001):,.0f}",
        f"{one.connector.requests:,}",
        f"{one.connector.most_of_a_pair:,}",
        _share(one.connector),
        _number(run.cpu_seconds),
        f"{run.peak_bytes / _MEGA:,.0f}",
        _plain_seconds(plain),
        f"{plain.requests:,}" if plain else "-",
        _share(plain) if plain else "-",
    ]


def _plain_seconds(plain: Asked | None) -> str:
    if plain is None:
        return "-"
    gave_up = f" (gave up after {plain.run.events:,} events)" if plain.run.exit_code else ""
    return _number(plain.run.seconds) + gave_up


def _share(asked: Asked) -> str:
    return f"{asked.throttled:,} ({100 * asked.throttled / max(asked.requests, 1):.1f} %)"


def _fairness(one: Measurement) -> list[str]:
    # Time counts from the first event on: half time is the same for all pairs.
    arrivals = one.connector.run.arrivals
    begin, end = min(min(times) for times in arrivals.values()), max(max(times) for times in arrivals.values())
    half = (begin + end) / 2
    shares = [100 * sum(time <= half for time in times) / len(times) for times in arrivals.values()]
    ends = [max(times) - begin for times in arrivals.values()]
    return [
        f"{one.case.title}: {len(arrivals)}",
        *(f"{figure(shares):.0f} %" for figure in (min, median, max)),
        *(f"{figure(ends):.1f}" for figure in (min, median, max)),
    ]


def _per_event(few: Measurement, many: Measurement) -> Iterator[str]:
    rows = []
    for name, microseconds in _spent(few, many).items():
        asked = [one.connector if name == CONNECTOR else one.loops[name] for one in (few, many)]
        peaks = [one.run.peak_bytes / _MEGA for one in asked]
        rows.append([name, f"{microseconds:.0f}", *(f"{peak:.0f}" for peak in peaks), f"{peaks[1] / peaks[0]:.2f}"])
    sizes = " | ".join(f"peak MB at {one.case.total:,}" for one in (few, many))
    yield from table(f"process | CPU µs per event | {sizes} | growth", rows)


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def table(head: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; `head` is its first line, without the outer bars."""
    yield f"| {head} |"
    yield f"|{' --- |' * len(head.split(' | '))}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
