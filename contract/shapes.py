"""The shape of answers: which members are always there, which sometimes, and of which types their values are."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from contract.redaction import NO_TIME, NOT_LISTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The answer itself. The path of a member is like ".Users[].Tags[].Key".
ROOT: Final = ""
ITEM: Final = "[]"
_LIST: Final = "a list"
_TYPES: Final = {dict: "a structure", list: _LIST, bool: "true or false", int: "a number", type(None): "null"}
_ODD_TEXTS: Final = {NO_TIME: "text that is no time", NOT_LISTED: "a value that botocore's model does not list"}


@dataclass
class Shape:
    """What answers have in common, by path: how many structures and how many values there are, and of which types."""

    structures: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    types: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def shows_nothing(self) -> bool:
        """Whether there is no answer, or only lists without items: then nothing is known of what would be in them."""
        lists = [path for path, types in self.types.items() if _LIST in types]
        return not self.types or (bool(lists) and not any(path + ITEM in self.types for path in lists))

    def add(self, value: Any) -> bool:
        """Add an answer. Return whether it shows anything new: a member, a type, or that a member may be missing."""
        before = self._known()
        self._add(ROOT, value)
        return self._known() != before

    def members(self) -> set[str]:
        """Return the paths of all members, without those of items."""
        return {path for path in self.types if path != ROOT and not path.endswith(ITEM)}

    def always(self, path: str) -> bool:
        """Return whether the member is there in every structure that may have it."""
        return self.values[path] >= self.structures[parent(path)]

    def _known(self) -> set[tuple[str, str]]:
        sometimes = {(path, "sometimes") for path in self.members() if not self.always(path)}
        return sometimes | {(path, name) for path, types in self.types.items() for name in types}

    def _add(self, path: str, value: Any) -> None:
        self.values[path] += 1
        self.types[path].add(_ODD_TEXTS.get(value, "text") if isinstance(value, str) else _TYPES[type(value)])
        if isinstance(value, dict):
            self.structures[path] += 1
            for name, item in value.items():
                self._add(f"{path}.{name}", item)
        elif isinstance(value, list):
            for item in value:
                self._add(path + ITEM, item)


def shape_of(records: Iterable[Mapping[str, Any]]) -> Shape:
    """Return the shape of the answers in `records`, refusals left out."""
    shape = Shape()
    for kept in records:
        if "answer" in kept:
            shape.add(kept["answer"])
    return shape


def parent(path: str) -> str:
    """Return the path of the structure that has the member: ".Users[]" for ".Users[].Path"."""
    return path.rpartition(".")[0]


def member(path: str) -> str:
    """Return the name of the member: "Tags" for ".Users[].Tags[]"."""
    return path.rpartition(".")[2].removesuffix(ITEM)
