"""The page, looked at in a real browser."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from waiting import PATIENCE_SECONDS

from hivemind_git.report import figures, graph, page
from hivemind_git.report.page import Report

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=4000",
]
_LOOK = """<!doctype html><iframe id=f width=375 height=700 src=report.html></iframe><pre id=out></pre><script>
document.getElementById('f').onload = event => {
  const inside = event.target.contentDocument, view = inside.defaultView
  const all = wanted => [...inside.querySelectorAll(wanted)]
  const body = view.getComputedStyle(inside.body)
  document.getElementById('out').textContent = JSON.stringify({
    wide: inside.documentElement.scrollWidth,
    scripts: inside.scripts.length,
    paper: body.backgroundColor,
    ink: body.color,
    thinnest: Math.min(...all('.time > div').map(bar => Math.floor(bar.getBoundingClientRect().width))),
    headings: all('h2').map(one => one.textContent),
    untold: all('svg text').filter(one => !one.querySelector('title')).length,
    loaded: view.performance.getEntriesByType('resource').length,
  })
}
</script>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


@pytest.fixture
def served(tmp_path: Path, report: Report) -> Iterator[str]:
    (tmp_path / "report.html").write_text(page.render(report))
    (tmp_path / "look.html").write_text(_LOOK)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/look.html"
        server.shutdown()


def look(url: str, profile: Path, *flags: str) -> dict[str, object]:
    """What a browser makes of the report in a window as wide as a phone."""
    browser = shutil.which("chromium")
    if browser is None and os.environ.get("CI"):
        pytest.fail("chromium is not installed: CI must install it")
    if browser is None:
        pytest.skip("chromium is not installed")
    command = [browser, *_FLAGS, *flags, f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout
    seen: dict[str, object] = json.loads(unescape(found[1]))
    return seen


def test_it_fits_a_phone_runs_nothing_and_loads_nothing(served: str, tmp_path: Path) -> None:
    seen = look(served, tmp_path / "profile", "--blink-settings=preferredColorScheme=1")
    assert seen == {
        "wide": 375,
        "scripts": 0,
        "paper": "rgb(255, 255, 255)",
        "ink": "rgb(27, 31, 36)",
        "thinnest": seen["thinnest"],
        "headings": [
            "Corrections over time",
            "Where",
            "Before and since each skill",
            "Where skills came from",
            "Waiting",
        ],
        "untold": 0,
        "loaded": 0,
    }
    assert isinstance(seen["thinnest"], int)
    assert seen["thinnest"] >= 3


def test_it_is_dark_where_people_like_it_dark(served: str, tmp_path: Path) -> None:
    seen = look(served, tmp_path / "profile", "--blink-settings=preferredColorScheme=0")
    assert (seen["paper"], seen["ink"]) == ("rgb(13, 17, 23)", "rgb(230, 237, 243)")


def test_foreign_text_stays_text(report: Report) -> None:
    text = page.render(report)
    assert "Pull before you branch &lt;script&gt;alert(1)&lt;/script&gt; \\u202e evil" in text
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=|url\(|@import", text)


def test_nothing_to_show_is_said(report: Report) -> None:
    empty = figures.over_time([], {})
    bare = replace(report, totals=(), time=empty, areas=empty, effects=(), graph=graph.draw([]), waiting=())
    text = page.render(bare)
    said = re.findall(r"<p>(.*?)</p>", text)
    assert said == [
        "No correction yet.",
        "No correction yet.",
        "No rule is live on the trunk yet.",
        "No skill of ours yet.",
        "Nothing waits.",
    ]
