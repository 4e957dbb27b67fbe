"""The parts of docs/dbt.md that follow from the dbt package: its variables, models and rules of findings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).parent.parent / "dbt"
_SEVERITIES = ("critical", "high", "medium", "low")
# What nobody has to ask: tables as they are landed, and the steps in between.
_STEPS = ("sources", "staging", "access", "rules")


def dbt_variables() -> Iterator[list[str]]:
    """One row per comment in dbt_project.yml: the variables below it, their defaults, and what it says of them."""
    yield ["Variables", "Defaults", "Meaning"]
    text = (PACKAGE / "dbt_project.yml").read_text(encoding="utf-8")
    values: dict[str, Any] = yaml.safe_load(text)["vars"]
    section = text.partition("\nvars:\n")[2]
    for comment, lines in re.findall(r"((?:  #.*\n)+)((?:  \w.*\n)+)", section.partition("\n\n")[0] + "\n"):
        names = re.findall(r"^  (\w+):", lines, re.MULTILINE)
        defaults = [f"`{json.dumps(values[name])}`" for name in names]
        meaning = " ".join(line.strip(" #") for line in comment.splitlines())
        yield [", ".join(f"`{name}`" for name in names), ", ".join(defaults), meaning]


def dbt_rules() -> Iterator[list[str]]:
    """One row per rule of findings, the worst first."""
    yield ["Rule", "Severity", "What it finds", "Remedy"]
    text = (PACKAGE / "macros" / "finding_rules.sql").read_text(encoding="utf-8")
    found = re.findall(r"'(\w+)': {\s*'severity': '(\w+)', 'title': '(.+)',\s*'remedy': '(.+)'}", text)
    for name, severity, title, remedy in sorted(found, key=lambda rule: _SEVERITIES.index(rule[1])):
        yield [f"`{name}`", severity, f"{title}.", remedy]


def dbt_models() -> Iterator[list[str]]:
    """One row per model to ask: what the first sentence of its description says."""
    yield ["Model", "What it is"]
    for file in sorted((PACKAGE / "models").rglob("*.yml"), key=lambda path: path.stem):
        if not {*file.relative_to(PACKAGE).parts} & {*_STEPS}:
            [model] = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
            yield [f"`{model['name']}`", f"{' '.join(model['description'].split()).split('. ')[0].removesuffix('.')}."]


PARTS = (dbt_variables, dbt_models, dbt_rules)
