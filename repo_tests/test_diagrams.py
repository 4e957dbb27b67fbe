"""The diagrams of the documentation are well-formed. The reader's browser draws them, and reports no errors."""

import re

import pytest

from tools import docs

DIAGRAMS = [
    diagram
    for page in [*docs.FILES, docs.ROOT / "CONTRIBUTING.md"]
    for diagram in re.findall(r"^```mermaid\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
]
CLOSING = {")": "(", "]": "[", "}": "{"}
# A node with its shape, an arrow with its label, and another node.
NODE = r"\w+(?:\S*?\".+?\"[\])}]+)?"
EDGE = re.compile(rf"{NODE} (?:-->|-\.->)(?:\|\".+?\"\|)? {NODE}")

each = pytest.mark.parametrize("diagram", DIAGRAMS, ids=range(len(DIAGRAMS)))


def test_there_is_a_diagram_of_signing_in_one_of_a_window_and_one_of_the_packages() -> None:
    assert len(DIAGRAMS) == 3
    assert "sts:AssumeRole" in DIAGRAMS[0]
    assert "The window is sealed" in DIAGRAMS[1]
    assert "order of accounts" in DIAGRAMS[2]


@each
def test_a_diagram_is_a_flowchart_of_edges_and_groups_that_end(diagram: str) -> None:
    head, *body = [line.strip() for line in diagram.strip().splitlines()]

    assert re.fullmatch("flowchart (TD|LR)", head)
    assert [line for line in body if not re.fullmatch(rf"end|subgraph \w+ \[\".+\"\]|{EDGE.pattern}", line)] == []
    assert sum(line.startswith("subgraph ") for line in body) == body.count("end")


@each
def test_the_brackets_of_a_diagram_match_and_all_words_are_in_quotes(diagram: str) -> None:
    opened: list[str] = []
    for bracket in re.findall(r"[()\[\]{}]", re.sub('"[^"\n]*"', "", diagram)):
        if bracket in CLOSING:
            assert opened
            assert opened.pop() == CLOSING[bracket]
        else:
            opened.append(bracket)

    assert opened == []
    assert diagram.count('"') % 2 == 0


@each
def test_a_node_is_described_once(diagram: str) -> None:
    described = re.findall(r"(\w+)[(\[{]+\"", diagram)

    assert len(described) == len(set(described))
    assert set(re.findall(r"(?:-->|-\.->)(?:\|.+?\|)? (\w+)", diagram)) <= set(described)
