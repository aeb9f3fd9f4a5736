from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from throughflow import report

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
TIMEOUT = 120


def chromium(folder: Path, page: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
def test_the_page_is_drawn_with_its_style(dossier, run, tmp_path):
    page = report.html(dossier, tmp_path / "kz.html", run=run)
    picture = tmp_path / "kz.png"
    done = chromium(
        tmp_path,
        page,
        f"--screenshot={picture}",
        "--window-size=1200,1500",
        "--enable-logging=stderr",
    )
    # An unstyled or empty page has a tenth of this.
    assert picture.stat().st_size > 60_000
    assert "Content Security Policy" not in done.stderr


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
def test_the_page_prints(dossier, run, tmp_path):
    page = report.html(dossier, tmp_path / "kz.html", run=run)
    target = tmp_path / "kz.pdf"
    chromium(tmp_path, page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    pages = len(re.findall(rb"/Type\s*/Page\b", target.read_bytes()))
    assert 4 <= pages <= 14


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
@pytest.mark.parametrize("width", [1200, 500])
def test_the_page_of_hubs_is_drawn_with_its_style(ranking, run, tmp_path, width):
    page = report.hubs_html(ranking, tmp_path / "hubs.html", run=run)
    picture = tmp_path / "hubs.png"
    done = chromium(
        tmp_path,
        page,
        f"--screenshot={picture}",
        f"--window-size={width},1500",
        "--enable-logging=stderr",
    )
    assert picture.stat().st_size > 60_000
    assert "Content Security Policy" not in done.stderr
