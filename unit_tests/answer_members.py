"""The members of what AWS answers, by their paths in botocore's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botocore.model import ListShape, MapShape, Shape, StructureShape


def within(path: str, members: Iterable[str]) -> list[str]:
    return [f"{path}.{member}" for member in members]


def leaves(shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the members of a shape down to what is no structure: "Tags[].Key", for a map with known keys "Map.Key"."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from leaves(member, f"{path}.{name}".removeprefix("."))
    elif isinstance(shape, ListShape):
        yield from leaves(shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        yield from within(path, getattr(shape.key, "enum", []) or ["*"])
    else:
        yield path
