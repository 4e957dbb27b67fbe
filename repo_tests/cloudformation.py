"""The templates in deploy/ with their intrinsic functions resolved, as CloudFormation does for a stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Json = dict[str, Any]
_NO_VALUE = object()


class _Loader(yaml.SafeLoader):
    """YAML in which !Sub "x" means {"Fn::Sub": "x"}."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Json:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: str(text).split(".") if suffix == "GetAtt" else text}
    assert isinstance(node, yaml.SequenceNode), node
    return {name: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


def load(template: str) -> Json:
    """A template with its functions in their long form."""
    loaded: Json = yaml.load(template, _Loader)  # noqa: S506, it constructs nothing but what SafeLoader does
    return loaded


@dataclass
class Stack:
    """One stack of a template. `attributes` are those of its resources: {"Role.Arn": "arn:…"}.

    It knows the functions that the templates use, and fails on any other.
    """

    template: Json
    parameters: Mapping[str, str]
    attributes: Mapping[str, str]
    account_id: str
    partition: str = "aws"
    region: str = "us-east-1"

    def __post_init__(self) -> None:
        declared = self.template["Parameters"]
        assert set(self.parameters) <= set(declared)
        self._values = {
            "AWS::AccountId": self.account_id,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackName": "stack",
            **{name: str(self.parameters.get(name, one.get("Default"))) for name, one in declared.items()},
        }
        for name, one in declared.items():
            assert name in self.parameters or "Default" in one, name
            if one["Type"] == "CommaDelimitedList":
                self._values[name] = str(self._values[name]).split(",")

    def properties(self, resource: str) -> Json:
        resolved: Json = self._resolved(self.template["Resources"][resource]["Properties"])
        return resolved

    def outputs(self) -> dict[str, str]:
        return {name: self._resolved(one["Value"]) for name, one in self.template["Outputs"].items()}

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self._resolved, value) if one is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._call(name.removeprefix("Fn::"), argument)
        resolved = {name: self._resolved(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not _NO_VALUE}

    def _call(self, function: str, argument: Any) -> Any:
        if function == "If":
            condition, then, otherwise = argument
            return self._resolved(then if self._resolved(self.template["Conditions"][condition]) else otherwise)
        functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._values.__getitem__,
            "GetAtt": lambda path: self.attributes[".".join(path)],
            "Sub": self._substituted,
            "Equals": lambda two: two[0] == two[1],
            "And": all,
            "Not": lambda one: not one[0],
            "Split": lambda given: given[1].split(given[0]),
            "Select": lambda given: given[1][int(given[0])],
        }
        return functions[function](self._resolved(argument))

    def _substituted(self, text: str) -> str:
        return re.sub(r"\$\{(.+?)\}", lambda found: str(self._values[found[1]]), text)
