"""The page: whole in itself, hostile cells stay text, personal data is hidden, Chromium draws it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from bench.extracts import DEALERS, ERP, SHIP_TO
from hub.survey import survey
from hub.survey.page import render

CHROMIUM = Path("/usr/bin/chromium")
EVIL = "<script>document.title='owned'</script>"
IMAGE = '"><img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """A page over files whose names, headers and cells are HTML."""
    folder = tmp_path_factory.mktemp("hostile")
    header = f"编码,公司名称{EVIL},电话,{IMAGE.replace(',', '')}\n".replace('"', "'")
    row = f"{{n}},深圳市华强电子有限公司{EVIL},0755-26988888,{IMAGE}\n".replace('"', "'")
    for name in ("a<b>&.csv", "b.csv"):
        (folder / name).write_text(header + row.format(n=1) + row.format(n=2))
    page = folder / "page.html"
    page.write_text(render(survey([folder / "a<b>&.csv", folder / "b.csv"])), encoding="utf-8")
    return page


def test_planted_html_stays_text(hostile):
    text = hostile.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "a&lt;b&gt;&amp;.csv" in text


def test_the_page_needs_nothing_from_outside(hostile):
    text = hostile.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|https?://", re.sub(r"&[lg]t;[^&]*", "", text))
    assert "default-src 'none'" in text


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's Chromium is not installed, so no page can be drawn")
def test_chromium_draws_it_and_runs_nothing(hostile, report, extracts, tmp_path):
    folder, _ = extracts
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(hostile.as_uri())
        assert page.title() == "客户数据概览 Survey of customer data"
        assert page.locator("img, script").count() == 0
        page.goto((folder / "survey.html").as_uri())
        assert page.locator("svg").count() >= 9
        assert page.locator("svg rect").first.bounding_box()["width"] > 10
        words = page.inner_text("body")
        page.pdf(path=tmp_path / "survey.pdf")
        browser.close()
    assert all(url.startswith("file:") for url in asked)
    assert (tmp_path / "survey.pdf").stat().st_size > 20_000
    for word in ("孤岛", "Silos", "矛盾", "Contradictions", "重复", "Duplicates", ERP, SHIP_TO, DEALERS, "6,000"):
        assert word in words


def test_personal_data_is_hidden_unless_it_is_asked_for(tmp_path, run):
    path = tmp_path / "x.csv"
    path.write_text(
        "编码,公司名称,联系人,手机,邮箱,身份证号\n"
        "1,深圳市华强电子有限公司,王小明,13912345678,wangxiaoming@huaqiang.com,440305199001010018\n"
        "2,深圳市华强电子有限公司,王小明,13912345678,wangxiaoming@huaqiang.com,440305199001010018\n"
        "3,上海宏达贸易有限公司,陈建华,13812345679,chen@hongda.com,310115198502020025\n"
    )
    secrets = ("王小明", "陈建华", "13912345678", "wangxiaoming", "440305199001010018")
    page = tmp_path / "page.html"
    hidden = run(path, "--json", "--html", page)
    assert hidden.returncode == 0, hidden.stderr
    for text in (hidden.stdout, page.read_text(encoding="utf-8"), run(path).stdout, run(path, columns=100).stdout):
        assert [secret for secret in secrets if secret in text] == []
        assert "深圳市华强电子有限公司" in hidden.stdout
    shown = run(path, "--json", "--unmasked")
    assert all(secret in shown.stdout for secret in secrets[:4])


def test_the_terminal_shows_tables_and_the_headline(extracts, run):
    folder, _ = extracts
    answer = run(folder / SHIP_TO, folder / DEALERS)
    assert answer.returncode == 0, answer.stderr
    for words in (
        "shipto.csv: 2,000 rows (CSV, gb18030, comma)",
        "Overlap",
        "Duplicates within each file",
        "4,000 rows are",
    ):
        assert words in answer.stdout
    assert not answer.stderr
