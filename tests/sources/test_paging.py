"""Pages that overlap, repeat, shrink, end empty or run in circles, over real sockets."""

from __future__ import annotations

import json

import pytest

from throughflow.errors import DataError, SourceError
from throughflow.sources import catalogue
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Fetcher, Request
from throughflow.sources.paging import Tally, walk
from throughflow.sources.politeness import Rate
from throughflow.sources.selection import Selection
from throughflow.warehouse.downloads import download

SOURCE = catalogue.find("hmrc")


@pytest.fixture
def pages(publisher, tmp_path):
    """Serve pages, download them, and return the report."""

    def serve(*given, count=None):
        for number, (rows, link) in enumerate(given):
            page = {"value": [{"id": row} for row in rows]}
            if count is not None:
                page["@odata.count"] = count
            if link:
                page["@odata.nextLink"] = link.replace("HERE", publisher.url)
            publisher.answer(f"/p{number}", publisher.file(json.dumps(page).encode()))
        request = Request(
            f"{publisher.url}/p0",
            "pages.json",
            "pages",
            Expected("json", rows_at="value"),
            shape="pages",
        )
        return download(
            [request],
            tmp_path,
            Fetcher(Rate(1000.0, 1000)),
            source=SOURCE,
            dataset=SOURCE.datasets[0],
            selection=Selection(),
        )

    serve.folder = tmp_path / "downloads" / "hmrc"
    return serve


def ids(folder):
    return [row["id"] for row in json.loads((folder / "pages.json").read_text())["value"]]


def test_pages_are_joined_in_order(pages):
    report = pages(([1, 2], "HERE/p1"), ([3, 4], "HERE/p2"), ([5], None), count=5)
    assert report.failed == []
    assert ids(pages.folder) == [1, 2, 3, 4, 5]
    assert report.files[0].note == ""


def test_a_relative_link_and_an_empty_last_page(pages):
    assert pages(([1, 2], "/p1"), ([3], "p2"), ([], None), count=3).failed == []
    assert ids(pages.folder) == [1, 2, 3]


def test_overlapping_rows_are_left_out_and_counted(pages):
    report = pages(([1, 2, 3], "/p1"), ([3, 4], "/p2"), ([4, 5], None), count=5)
    assert ids(pages.folder) == [1, 2, 3, 4, 5]
    assert report.files[0].note == "2 rows came twice"


def test_the_same_pages_again_are_held_already(pages):
    states = [pages(([1], "/p1"), ([2], None)).files[0].state for _ in range(2)]
    assert states == ["got", "held already"]


@pytest.mark.parametrize(
    ("given", "count", "words"),
    [
        ([([1, 2], "/p1"), ([1, 2], "/p2"), ([3], None)], None, "page 2 repeats earlier ones"),
        ([([1, 2], "/p1"), ([3], "/p0")], None, "leads back to one already read"),
        ([([1, 2], "/p0")], None, "leads back"),
        ([([1, 2], "/p1"), ([3], None)], 4, "hold 3 rows and the publisher states 4"),
        ([([1, 2], "/p1"), ([2, 3], None)], 4, "hold 3 rows and the publisher states 4"),
        ([([], None)], 0, "nothing for this selection"),
        ([([1], "/missing")], None, "nothing at this address"),
    ],
)
def test_what_cannot_be_the_whole_table_is_refused(given, count, words, pages):
    report = pages(*given, count=count)
    assert report.files == []
    assert words in str(report.failed[0][1])
    assert not [path for path in pages.folder.iterdir() if path.name.startswith("pages")]


def test_a_table_held_survives_a_failed_visit(pages):
    pages(([1], "/p1"), ([2], None))
    assert pages(([1], "/p1"), ([9], "/p0")).failed
    assert ids(pages.folder) == [1, 2]


def test_a_link_to_another_publisher_is_not_followed(pages):
    error = pages(([1], "https://elsewhere.example/p1")).failed[0][1]
    assert isinstance(error, SourceError)
    assert "another publisher" in str(error)


def test_a_page_that_is_no_table(publisher):
    for body in (b"[1]", b'{"value": 3}', b'{"value": ['):
        with pytest.raises(DataError):
            list(walk("http://127.0.0.1/p", lambda _url, body=body: body))


def test_the_tally_counts_what_was_met():
    bodies = {
        "http://127.0.0.1/a": b'{"value": [1, 2], "@odata.nextLink": "b", "@odata.count": 3}',
        "http://127.0.0.1/b": b'{"value": [2, 3]}',
    }
    tally = Tally()
    assert list(walk("http://127.0.0.1/a", bodies.__getitem__, tally=tally)) == [[1, 2], [3]]
    assert tally == Tally(pages=2, rows=3, repeated=1, stated=3)
