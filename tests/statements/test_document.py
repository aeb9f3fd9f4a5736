"""Plain files and saved pages become documents; hostile ones do no harm."""

from __future__ import annotations

import hashlib
import socket
import time
from datetime import date

import pytest

from throughflow.errors import InputError
from throughflow.statements import document, html_text

LONG = (
    "The minister said that the country would not help anyone to evade the sanctions at all. " * 3
)
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head>
<title>Ban announced - The Site</title>
<meta property="og:site_name" content="The Site &amp; Co">
<link rel="canonical" href="https://example.org/2024/11/22/ban">
<script type="application/ld+json">
{{"@graph": [{{"@type": "NewsArticle", "datePublished": "2023-05-04T10:00:00+02:00"}}]}}
</script>
<style>p {{ color: red }}</style></head>
<body class="has-sidebar"><nav><a href="/">Start of the site</a></nav>
<div class="cookie-banner"><p>We use cookies so that all works better for everyone here.</p></div>
<article><header><h1>Ban   announced</h1></header>
<p>{LONG}
<p>He added: &bdquo;2 < 3&rdquo; &mdash; and <b>signed</b> it.</p>
<div class="related"><p>Read also: something else entirely, about quite another matter.</p></div>
<div style="display: none"><p>Hidden words that no reader of the page has ever seen.</p></div>
<p aria-hidden="true">More hidden words.</p>
<ul><li><a href="#">A tag</a></li></ul>
<script>document.write("<p>Written by a script</p>")</script>
</article>
<article><p>A teaser.</p></article>
<footer><p>All rights reserved.</p></footer></body></html>"""


def test_plain_text_is_kept_to_the_letter(tmp_path):
    text = "A title\r\n\r\n  Zażółć gęślą jaźń. Ещё раз.\r\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    read = document.read(path, published=date(2022, 4, 29), lang="pl", url="u", publisher="p")
    assert read.text == text
    assert read.digest == hashlib.sha256(text.encode()).hexdigest()
    assert (read.title, read.published, read.published_basis) == (
        "A title",
        date(2022, 4, 29),
        "given",
    )
    assert [span.text for span in read.sentences] == [
        "A title",
        "Zażółć gęślą jaźń.",
        "Ещё раз.",
    ]
    source = read.source()
    assert (source.lang, source.url, source.publisher, source.digest) == (
        "pl",
        "u",
        "p",
        read.digest,
    )


def test_page_gives_its_article_and_what_it_says_of_itself():
    read = document.read(PAGE.encode())
    assert read.text == f"Ban announced\n\n{LONG.strip()}\n\nHe added: „2 < 3” — and signed it."
    assert read.title == "Ban announced"
    assert (read.published, read.published_basis) == (date(2023, 5, 4), "json-ld")
    assert (read.lang, read.publisher) == ("en", "The Site & Co")
    assert read.url == "https://example.org/2024/11/22/ban"


def test_what_the_caller_knows_wins():
    read = document.read(
        PAGE.encode(), published=date(2022, 1, 1), lang="pl", url="mine", publisher="me"
    )
    known = (read.published, read.published_basis, read.lang, read.url, read.publisher)
    assert known == (date(2022, 1, 1), "given", "pl", "mine", "me")


@pytest.mark.parametrize(
    ("markup", "basis"),
    [
        (
            '<meta property="article:published_time" content="2022-04-29T08:00Z">',
            "meta article:published_time",
        ),
        ('<meta itemprop="datePublished" content="2022-04-29">', "meta datepublished"),
        ('<meta name="DC.date.issued" content="2022-04-29">', "meta dc.date.issued"),
        (
            "<time datetime=2021-01-01></time><time itemprop=datePublished datetime=2022-04-29>",
            "time",
        ),
    ],
)
def test_day_of_publication(markup, basis):
    read = document.read(f"<html><body>{markup}<p>{LONG}</p></body></html>".encode())
    assert (read.published, read.published_basis) == (date(2022, 4, 29), basis)


def test_no_day_of_publication_is_taken_from_an_address():
    read = document.read(f"<html><link rel=canonical href=/2022/04/29/x><p>{LONG}</p>".encode())
    assert (read.published, read.published_basis) == (None, "")


def test_article_named_like_boilerplate_is_still_found():
    page = f'<html><body><div class="promo-share">{"".join(f"<p>{LONG}</p>" for _ in "abc")}</div>'
    assert document.read(page.encode()).text.count("minister") == 9


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "windows-1250"])
def test_encodings(encoding):
    page = f"<html><head><meta charset={encoding}></head><p>Zażółć gęślą jaźń. {LONG}</p>"
    assert "Zażółć gęślą jaźń." in document.read(page.encode(encoding)).text


def test_plain_text_with_a_byte_order_mark():
    assert document.read("Zażółć.".encode("utf-16")).text == "Zażółć."


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no text"),
        (b" \n", "no text"),
        (b"<html><script>x</script></html>", "no text"),
        ("Za\nżółć".encode("iso-8859-2"), "not utf-8 text (byte 3, line 2)"),
        (b"PK\x03\x04\x00\x00", "binary"),
        (b"<html><meta charset=zlib><p>x", "unknown encoding"),
        (b"<html><meta charset=utf-7><p>x", "unknown encoding"),
        (b"\xff\xfea", "not utf-16-le text"),
    ],
)
def test_refused(data, what):
    with pytest.raises(InputError, match=what.replace("(", r"\(").replace(")", r"\)")) as error:
        document.read(data)
    assert error.value.remedy


def test_refused_files(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="no such file"):
        document.read(tmp_path / "absent.txt")
    with pytest.raises(InputError, match="directory"):
        document.read(tmp_path)
    monkeypatch.setattr(document, "MAX_BYTES", 2**20)
    (tmp_path / "large.txt").write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(InputError, match="more than 1 MB"):
        document.read(tmp_path / "large.txt")


# Each of these takes a parser that goes back over what it has read minutes; a second is room for a
# busy machine.
BROKEN = [
    *("<", "<a", '<a b="', "<a '", "<a b=c ", "<a /", "<!--", "<!a", "</", "<?", "&#x", "<script>"),
    *("<div>", "<article>x", "</x>", "<p>", "<a><b></a></b>", "<a " + " " * 50, "<title>"),
]


@pytest.mark.parametrize("piece", BROKEN)
def test_broken_markup_costs_no_more_than_its_size(piece):
    page = piece * (100_000 // len(piece))
    start = time.process_time()
    html_text.extract(page)
    assert time.process_time() - start < 3


def test_nesting_without_end():
    page = "<div>" * 50_000 + f"<p>{LONG}</p>" + "</div>" * 50_000
    assert LONG.strip() in html_text.extract(page).text
    data = '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
    assert html_text.extract(f"{data}<p>{LONG}</p>").text == LONG.strip()


def test_nothing_is_fetched(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a page asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    markup = (
        '<!DOCTYPE html [<!ENTITY x SYSTEM "http://example.org/x">]><html>'
        '<link rel=stylesheet href="http://example.org/a.css"><img src="http://example.org/a.png">'
        f'<iframe src="http://example.org/"></iframe><p>&x; {LONG}</p>'
    )
    assert document.read(markup.encode()).text == f"&x; {LONG}".strip()
