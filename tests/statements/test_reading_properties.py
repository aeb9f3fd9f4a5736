"""Reading holds whatever the text: it does not raise, and what it points at is there."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from throughflow.errors import InputError
from throughflow.statements import document, html_text, language, sentences
from throughflow.statements.dates import find, tables

WORDS = sorted(
    {word for lang in ("pl", "en", "ru", "uk", "de", "tr") for word in tables.table(lang).words}
)
PIECES = st.sampled_from(
    [*WORDS, *"-–/.,();\n", " ", "1", "30", "31", "2022", "0", "99", "31.12.", "29.02.2023", "5-3"]
)
dated = st.lists(PIECES, max_size=30).map(" ".join)
texts = st.one_of(st.text(max_size=200), dated)
langs = st.sampled_from([*tables.known(), "", "sw"])
often = settings(max_examples=300, deadline=None)


@often
@given(texts, langs, st.dates(), st.sampled_from(["past", "future"]), st.integers(0, 999))
@example("9999 years ago in 99 weeks", "en", date.min, "past", 0)
@example("next year, 31 December, Sunday 29 February", "en", date.max, "future", 0)
def test_dates_lie_in_the_text_and_in_order(text, lang, reference, prefer, offset):
    last = 0
    for mention in find(text, lang, reference, offset=offset, prefer=prefer):
        span = mention.span
        assert span.text
        assert text[span.start - offset : span.end - offset] == span.text
        assert span.start - offset >= last
        last = span.end - offset
        assert mention.start <= mention.end
        assert (mention.grain == "day") <= (mention.start == mention.end)
        interval = mention.interval()
        if interval.start and interval.end:
            assert interval.start <= interval.end


@often
@given(texts, langs)
def test_sentences_lie_in_the_text_and_leave_only_bullets_out(text, lang):
    last, left = 0, []
    for span in sentences.split(text, lang):
        assert text[span.start : span.end] == span.text
        assert span.text == span.text.strip() != ""
        left.append(text[last : span.start])
        last = span.end
    left.append(text[last:])
    # Of letters nothing is lost.
    assert not any(letter.isalpha() for letter in "".join(left))


@often
@given(texts)
def test_language_is_told_or_left_open(text):
    assert language.detect(text) in {"", *LANGUAGES}


LANGUAGES = {*language._raw(), "hy", "ka", "el", "he", "ko"}
TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<article>", "</article>", "<a href='x'>", "</a>"),
        *("<h1>", "</h1>", "<script>", "</script>", "<title>", "</title>", "<br>", "<p hidden>"),
        *("<!--", "-->", "<!", "<?", "</", "<", ">", "&", "&#xD800;", "&amp;"),
        *("<time datetime=2022-04-29>", "<meta property=og:title content=x>", "<li class=menu>"),
    ]
)
pages = st.lists(st.one_of(TAGS, st.text(max_size=8)), max_size=60).map("".join)


@often
@given(pages)
def test_pages_of_any_shape_are_read(page):
    read = html_text.extract(page)
    read.text.encode("utf-8")
    assert "\0" not in read.title or "\0" in page


@often
@given(st.one_of(st.binary(max_size=200), pages.map(lambda page: page.encode("utf-8", "replace"))))
def test_bytes_are_read_or_refused(data):
    try:
        found = document.read(data)
    except InputError:
        return
    assert found.text.strip()
    for span in found.sentences:
        assert found.text[span.start : span.end] == span.text
