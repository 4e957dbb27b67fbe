"""The page as Chromium shows it: light and dark, wide and narrow, and without a network."""

from __future__ import annotations

import html
import json
import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from dbt_tests.reported import Reported
from integration_tests.needed import command
from integration_tests.report_page.sections import SECTIONS

pytestmark = pytest.mark.parametrize("database", ["duckdb"], indirect=True)
WIDTHS = (1400, 400)
# Frames, because a window of Chromium has a least width. They measure what a person would complain about.
FRAMES = """<!DOCTYPE html><meta name="color-scheme" content="light dark"><body>{frames}<pre></pre><script>
addEventListener("load", () => {{
  const meet = (a, b, from, to) => a[from] < b[to] - 1 && b[from] < a[to] - 1;
  const overlap = (a, b) => meet(a, b, "left", "right") && meet(a, b, "top", "bottom");
  const measured = [...document.querySelectorAll("iframe")].map(({{contentDocument: page}}) => ({{
    width: page.documentElement.clientWidth,
    needed: page.documentElement.scrollWidth,
    paper: page.defaultView.getComputedStyle(page.body).backgroundColor,
    sections: [...page.querySelectorAll("section")].filter(one => one.offsetHeight > 80).map(one => one.id),
    empty: [...page.querySelectorAll("svg[role=img] rect")].filter(one => !one.getBoundingClientRect().width).length,
    overlapping: [...page.querySelectorAll("section svg, section .bars li")].flatMap(one => {{
      const texts = [...one.querySelectorAll("text, .label, .value")].map(text => [text, text.getBoundingClientRect()]);
      return texts.flatMap(([text, box], n) => texts.slice(n + 1).filter(([, other]) => overlap(box, other))
        .map(([other]) => text.textContent + " / " + other.textContent));
    }}),
  }}));
  document.querySelector("pre").textContent = JSON.stringify(measured);
}});
</script>"""


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measured(report: Reported, scheme: str, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("measured")
    frame = '<iframe width="{}" height="2000" style="border: 0" srcdoc="{}"></iframe>'
    frames = "".join(frame.format(width, html.escape(report.html)) for width in WIDTHS)
    dumped = chromium(folder, scheme, FRAMES.format(frames=frames), "--dump-dom").stdout
    found = re.search(r"<pre>(\[.*\])</pre>", dumped)
    assert found, dumped[-500:]
    pages: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    return pages


def test_every_section_is_there(measured: list[dict[str, Any]]) -> None:
    assert [page["sections"] for page in measured] == [[section.name for section in SECTIONS]] * len(WIDTHS)


def test_nothing_is_wider_than_the_window(measured: list[dict[str, Any]]) -> None:
    assert [(page["width"], page["needed"]) for page in measured] == [(width, width) for width in WIDTHS]


def test_no_label_lies_on_another(measured: list[dict[str, Any]]) -> None:
    assert [page["overlapping"] for page in measured] == [[], []]


def test_every_mark_has_an_extent(measured: list[dict[str, Any]]) -> None:
    assert [page["empty"] for page in measured] == [0, 0]


def test_the_paper_follows_the_scheme(measured: list[dict[str, Any]], scheme: str) -> None:
    brightness = [int(part) for part in re.findall(r"\d+", measured[0]["paper"])[:3]]
    assert (min(brightness) > 200) if scheme == "light" else (max(brightness) < 60)


def test_the_picture_is_not_blank(report: Reported, scheme: str, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    done = chromium(tmp_path, scheme, report.html, "--window-size=1280,2400", f"--screenshot={picture}")
    assert len(set(rows_of(picture.read_bytes()))) > 200
    # The page's own policy forbids what is not in it, and Chromium would say on its console what it refused.
    assert "CONSOLE" not in done.stderr


def test_the_page_asks_the_network_for_nothing(report: Reported, tmp_path: Path) -> None:
    """Also without the policy that would forbid it. What Chromium asks for itself has no origin."""
    log, policy = tmp_path / "net.json", "Content-Security-Policy"
    assert policy in report.html
    chromium(tmp_path, "light", report.html.replace(policy, "none"), "--dump-dom", f"--log-net-log={log}")
    logged = log.read_text(encoding="utf-8")
    assert '"constants"' in logged
    assert set(re.findall(r'"initiator":"([^"]*)"', logged)) <= {"not an origin"}


def chromium(folder: Path, scheme: str, page: str, *options: str) -> subprocess.CompletedProcess[str]:
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    line = [
        *(command("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile", "--enable-logging=stderr"),
        *(f"--blink-settings=preferredColorScheme={['dark', 'light'].index(scheme)}", "--virtual-time-budget=10000"),
        *options,
        file.as_uri(),
    ]
    return subprocess.run(line, check=True, capture_output=True, text=True, timeout=60)


def rows_of(png: bytes) -> list[bytes]:
    """The lines of the picture, still with PNG's filters."""
    position, data, width = 8, b"", int.from_bytes(png[16:20], "big")
    while position < len(png):
        length, kind = int.from_bytes(png[position : position + 4], "big"), png[position + 4 : position + 8]
        data += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += length + 12
    pixels = zlib.decompress(data)
    stride = 1 + width * {2: 3, 6: 4}[png[25]]
    return [pixels[start : start + stride] for start in range(0, len(pixels), stride)]
