"""Real sockets, a server that misbehaves on purpose, and a clock that does not make us wait."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import socket
import threading
import zlib
from dataclasses import replace
from email.utils import formatdate

import pytest

from throughflow.errors import DataError, SourceError, UsageError
from throughflow.sources.content import Expected
from throughflow.sources.fetch import Fetcher, Memory, Patience, Request
from throughflow.sources.politeness import Rate
from throughflow.sources.transport import USER_AGENT, Secret, Timeouts
from throughflow.warehouse.downloads import FileSink

CSV = b"period,value\n" + b"".join(b"2022-%02d,%d\n" % (n % 12 + 1, n) for n in range(30_000))
HALF = len(CSV) // 2
KEY = "k3y-that-nobody/may see+"


class Clock:
    """Remembers how long it was asked to wait, and waits no time at all."""

    def __init__(self, now=1_800_000_000.0):
        self.time = now
        self.slept = []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fetcher(clock):
    return Fetcher(
        Rate(1000.0, burst=1000),
        Patience(attempts=4),
        Timeouts(connect=2.0, read=0.5),
        clock=clock,
        chance=random.Random(7),  # noqa: S311 - pauses, not secrets
    )


@pytest.fixture
def request_of(publisher):
    def make(path="/x.csv", kind="csv", **more):
        return Request(publisher.url + path, "x.csv", "a table", Expected(kind), **more)

    return make


@pytest.fixture
def get(fetcher, tmp_path):
    """Get a request into a file as a call of the program would; return the file."""

    def run(request):
        path = tmp_path / request.name
        with FileSink(path, "test", request) as sink:
            run.new = fetcher.fetch(request, sink)
        return path

    return run


def strays(folder):
    return sorted(p.name for p in folder.iterdir() if ".part" in p.name or p.name.endswith(".new"))


def test_a_file_arrives_whole_with_its_origin(publisher, request_of, get, tmp_path):
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    assert get(request_of()).read_bytes() == CSV
    origin = json.loads((tmp_path / "x.csv.origin.json").read_text())
    assert origin["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert origin["bytes"] == len(CSV)
    assert origin["url"] == f"{publisher.url}/x.csv"
    assert strays(tmp_path) == []
    assert publisher.headers()["user-agent"] == USER_AGENT
    assert USER_AGENT.startswith("throughflow/")
    assert publisher.headers()["accept-encoding"] == "identity"


@pytest.mark.parametrize("mark", [{"etag": '"1"'}, {"modified": formatdate(1e9, usegmt=True)}])
def test_a_broken_connection_is_resumed(mark, publisher, request_of, get, clock):
    publisher.answer("/x.csv", publisher.broken(CSV, HALF, **mark), publisher.file(CSV, **mark))
    assert get(request_of()).read_bytes() == CSV
    assert len(publisher.asked) == 2
    begun = int(publisher.headers(1)["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < begun <= HALF
    assert publisher.headers(1)["if-range"] == next(iter(mark.values()))
    assert len(clock.slept) == 1


def test_a_server_without_ranges_sends_all_again(publisher, request_of, get):
    publisher.answer(
        "/x.csv",
        publisher.broken(CSV, HALF, etag='"1"'),
        publisher.file(CSV, etag='"1"', ranges=False),
    )
    assert get(request_of()).read_bytes() == CSV
    assert "range" in publisher.headers(1)


def test_a_file_that_changed_in_between_is_got_from_the_start(publisher, request_of, get):
    new = CSV.replace(b"2022", b"2023")
    publisher.answer(
        "/x.csv", publisher.broken(CSV, HALF, etag='"1"'), publisher.file(new, etag='"2"')
    )
    assert get(request_of()).read_bytes() == new


def test_a_server_that_ignores_if_range_is_found_out(publisher, request_of, get):
    new = CSV.replace(b"2022", b"2023")

    def mixed(handler):
        begin = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = f"bytes {begin}-{len(new) - 1}/{len(new)}"
        publisher.status(206, new[begin:], Content_Range=part, ETag='"2"')(handler)

    publisher.answer(
        "/x.csv",
        publisher.broken(CSV, HALF, etag='"1"'),
        mixed,
        publisher.file(new, etag='"2"'),
    )
    assert get(request_of()).read_bytes() == new
    assert "range" not in publisher.headers(2)


def test_a_rest_of_another_place_is_found_out(publisher, request_of, get):
    def shifted(handler):
        part = f"bytes 5-{len(CSV) - 1}/{len(CSV)}"
        publisher.status(206, CSV[5:], Content_Range=part, ETag='"1"')(handler)

    publisher.answer(
        "/x.csv",
        publisher.broken(CSV, HALF, etag='"1"'),
        shifted,
        publisher.file(CSV, etag='"1"'),
    )
    assert get(request_of()).read_bytes() == CSV


@pytest.mark.parametrize("tag", ["", 'W/"1"'])
def test_without_a_strong_mark_nothing_is_resumed(tag, publisher, request_of, get):
    publisher.answer("/x.csv", publisher.broken(CSV, HALF, etag=tag), publisher.file(CSV, etag=tag))
    assert get(request_of()).read_bytes() == CSV
    assert "range" not in publisher.headers(1)


def test_what_was_got_survives_the_end_of_the_program(publisher, request_of, get, tmp_path):
    publisher.answer("/x.csv", publisher.broken(CSV, HALF, etag='"1"'), publisher.status(500))
    with pytest.raises(SourceError, match="go on from there") as caught:
        get(request_of())
    assert caught.value.exit_code == 4
    assert strays(tmp_path) == ["x.csv.part", "x.csv.part.json"]
    assert not (tmp_path / "x.csv").exists()
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    assert get(request_of()).read_bytes() == CSV
    assert "range" in publisher.headers()
    assert strays(tmp_path) == []


def test_a_program_killed_after_the_last_byte_asks_whether_it_is_current(
    publisher, request_of, get, tmp_path
):
    (tmp_path / "x.csv.part").write_bytes(CSV)
    mark = {"etag": '"1"', "last_modified": "", "total": len(CSV), "digest": ""}
    mark["url"] = f"{publisher.url}/x.csv"
    (tmp_path / "x.csv.part.json").write_text(json.dumps(mark))
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    assert get(request_of()).read_bytes() == CSV
    assert publisher.headers()["if-none-match"] == '"1"'
    assert strays(tmp_path) == []


def test_a_beginning_that_is_too_long_is_dropped(publisher, request_of, get, tmp_path):
    (tmp_path / "x.csv.part").write_bytes(CSV + b"more")
    mark = {"etag": '"1"', "last_modified": "", "total": None, "digest": ""}
    mark["url"] = f"{publisher.url}/x.csv"
    (tmp_path / "x.csv.part.json").write_text(json.dumps(mark))
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    assert get(request_of()).read_bytes() == CSV
    assert len(publisher.asked) == 2


@pytest.mark.parametrize("damage", ["", "not json", "{}", "[]", "typed"])
def test_a_mark_that_cannot_be_read_means_a_new_start(damage, publisher, request_of, get, tmp_path):
    (tmp_path / "x.csv.part").write_bytes(b"rubbish")
    typed = {"url": f"{publisher.url}/x.csv", "etag": 1, "last_modified": "", "total": None}
    (tmp_path / "x.csv.part.json").write_text(json.dumps(typed) if damage == "typed" else damage)
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    assert get(request_of()).read_bytes() == CSV


def test_a_file_that_did_not_change_is_not_got_twice(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    get(request_of())
    assert get.new
    assert get(request_of()).read_bytes() == CSV
    assert not get.new
    assert publisher.headers()["if-none-match"] == '"1"'


def test_a_held_file_that_was_edited_is_got_again(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    path = get(request_of())
    path.write_bytes(CSV.replace(b"1", b"2"))
    assert get(request_of()).read_bytes() == CSV
    assert "if-none-match" not in publisher.headers()


def test_a_new_version_takes_the_place_of_the_old_in_one_step(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    path = get(request_of())
    new = CSV + b"2023-01,1\n"
    publisher.answer("/x.csv", publisher.broken(new, HALF, etag='"2"'), publisher.status(500))
    with pytest.raises(SourceError):
        get(request_of())
    assert path.read_bytes() == CSV
    publisher.answer("/x.csv", publisher.file(new, etag='"2"'))
    assert get(request_of()).read_bytes() == new


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_passing_troubles_are_waited_out_with_growing_pauses(
    code, publisher, request_of, get, clock
):
    publisher.answer("/x.csv", *[publisher.status(code)] * 3, publisher.file(CSV))
    assert get(request_of()).read_bytes() == CSV
    assert all(low <= slept <= 2 * low for low, slept in zip([0.5, 1, 2], clock.slept, strict=True))


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_in_seconds_is_obeyed(code, publisher, request_of, get, clock):
    publisher.answer("/x.csv", publisher.status(code, Retry_After="17"), publisher.file(CSV))
    get(request_of())
    assert clock.slept == [17.0]


def test_retry_after_as_a_date_is_obeyed(publisher, request_of, get, clock):
    date = formatdate(clock.now() + 42, usegmt=True)
    publisher.answer("/x.csv", publisher.status(429, Retry_After=date), publisher.file(CSV))
    get(request_of())
    assert clock.slept == [42.0]


def test_a_wait_of_hours_is_told_not_slept(publisher, request_of, get, clock):
    publisher.answer("/x.csv", publisher.status(429, Retry_After="7200"))
    with pytest.raises(SourceError, match="asks to wait 7,200 seconds"):
        get(request_of())
    assert clock.slept == []


def test_the_pace_of_a_publisher_is_kept(publisher, request_of, get, clock, fetcher):
    publisher.answer("/x.csv", publisher.file(CSV))
    fetcher.rate = Rate(0.5, burst=2)
    for _ in range(4):
        get(request_of())
    assert clock.slept == [2.0, 2.0]


def test_silence_ends_an_attempt(publisher, request_of, get):
    publisher.answer(
        "/x.csv", publisher.stalled(CSV, HALF, 2.0, etag='"1"'), publisher.file(CSV, etag='"1"')
    )
    assert get(request_of()).read_bytes() == CSV
    assert "range" in publisher.headers(1)


def test_a_server_that_never_answers(fetcher, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        fetcher.patience = Patience(attempts=2)
        with pytest.raises(SourceError, match="fell silent, in 2 attempts"):
            fetcher.fetch(Request(url, "x", "x", Expected("csv")), Memory())


def test_nobody_there(fetcher, clock):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceError, match=r"no connection .*in 4 attempts"):
        fetcher.fetch(Request(f"http://127.0.0.1:{port}/x", "x", "x", Expected("csv")), Memory())
    assert len(clock.slept) == 3


def test_not_there_and_not_there_yet_are_two_things(publisher, request_of, get, clock):
    from datetime import UTC, date, datetime

    today = datetime.fromtimestamp(clock.now(), UTC).date()
    with pytest.raises(DataError, match="a table is not published yet") as early:
        get(request_of(due=date(today.year + 1, 1, 1)))
    with pytest.raises(SourceError, match="nothing at this address") as gone:
        get(request_of(due=date(today.year - 1, 1, 1)))
    assert (early.value.exit_code, gone.value.exit_code) == (3, 4)
    assert len(publisher.asked) == 2


def test_a_refused_question_carries_the_publishers_words(publisher, request_of, get, clock):
    publisher.answer("/x.csv", publisher.status(400, b"period:  bad\n value"))
    with pytest.raises(DataError, match=r"status 400.: period: bad value"):
        get(request_of())
    assert clock.slept == []


def test_no_rows_is_said(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.status(204))
    with pytest.raises(DataError, match="nothing for this selection"):
        get(request_of())


@pytest.mark.parametrize("code", [401, 403])
def test_a_key_that_is_refused_is_a_usage_error(code, publisher, request_of, get):
    publisher.answer("/x.csv", publisher.status(code))
    with pytest.raises(UsageError, match="Check the key"):
        get(request_of())


def test_a_web_page_with_status_200_is_no_data(publisher, request_of, get, tmp_path, clock):
    page = b"\n<!DOCTYPE html><html><title>Planned maintenance</title></html>"
    publisher.answer("/x.csv", publisher.file(page))
    with pytest.raises(DataError, match=r"web page or message .'Planned maintenance'.") as caught:
        get(request_of())
    assert caught.value.exit_code == 3
    assert not (tmp_path / "x.csv").exists()
    assert strays(tmp_path) == []
    assert clock.slept == []


@pytest.mark.parametrize("kind", ["7z", "zip", "gz", "json"])
def test_something_else_than_was_expected(kind, publisher, request_of, get, tmp_path):
    publisher.answer("/x.csv", publisher.file(b"period,value\n2022,1\n"))
    with pytest.raises(DataError, match=f"the answer is not {kind}"):
        get(request_of(kind=kind))
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(("kind", "data"), [("gz", gzip.compress(CSV)), ("json", b" [[1]] ")])
def test_a_first_packet_of_one_byte_is_enough(kind, data, publisher, request_of, get):
    def hesitant(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[:1])
        handler.wfile.flush()
        threading.Event().wait(0.1)
        handler.wfile.write(data[1:])

    publisher.answer("/x.csv", hesitant)
    assert get(request_of(kind=kind)).read_bytes() == data


@pytest.mark.parametrize(
    ("header", "digest"),
    [
        ("Content_MD5", lambda body: base64.b64encode(hashlib.md5(body).digest()).decode()),  # noqa: S324
        (
            "Repr_Digest",
            lambda body: f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:",
        ),
        (
            "Digest",
            lambda body: "sha-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode(),
        ),
    ],
)
def test_checksums_of_the_publisher_are_compared(
    header, digest, publisher, request_of, get, tmp_path
):
    wrong = publisher.file(CSV, etag='"1"', **{header: digest(CSV + b"x")})
    right = publisher.file(CSV, etag='"1"', **{header: digest(CSV)})
    publisher.answer("/x.csv", wrong, right)
    assert get(request_of()).read_bytes() == CSV
    (tmp_path / "x.csv").unlink()
    publisher.answer("/x.csv", wrong)
    with pytest.raises(DataError, match=r"checksum does not fit .*in 4 attempts"):
        get(request_of())
    assert not (tmp_path / "x.csv").exists()
    assert strays(tmp_path) == []


def test_a_checksum_holds_for_a_resumed_file_too(publisher, request_of, get):
    digest = base64.b64encode(hashlib.md5(CSV).digest()).decode()  # noqa: S324
    damaged = CSV[:100] + b"#" + CSV[101:]
    publisher.answer(
        "/x.csv",
        publisher.broken(damaged, HALF, etag='"1"', **{"Content-MD5": digest}),
        publisher.file(CSV, etag='"1"'),
    )
    assert get(request_of()).read_bytes() == CSV
    assert len(publisher.asked) == 3


def test_chunks_that_break_off(publisher, request_of, get):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"10\r\nperiod,")
        handler.close_connection = True

    publisher.answer("/x.csv", cut, publisher.file(CSV))
    assert get(request_of()).read_bytes() == CSV


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_refused(announced, publisher, request_of, get, tmp_path):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(CSV)
        handler.close_connection = True

    publisher.answer("/x.csv", publisher.file(CSV) if announced else endless)
    with pytest.raises(DataError, match="at most 100,000 are taken"):
        get(request_of(largest=100_000))
    assert not (tmp_path / "x.csv").exists()


def test_a_compressed_answer_is_unpacked(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.file(gzip.compress(CSV), Content_Encoding="gzip"))
    assert get(request_of()).read_bytes() == CSV


def test_a_compressed_answer_that_breaks_off(publisher, request_of, get):
    packed = gzip.compress(CSV)
    publisher.answer(
        "/x.csv",
        publisher.file(packed[: len(packed) // 2], Content_Encoding="gzip"),
        publisher.file(packed, Content_Encoding="gzip"),
    )
    assert get(request_of()).read_bytes() == CSV


def test_a_decompression_bomb_is_refused_early(publisher, request_of, get, tmp_path):
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(engine.compress(b"0" * 2**20) for _ in range(200)) + engine.flush()
    publisher.answer("/x.csv", publisher.file(bomb, Content_Encoding="gzip"))
    with pytest.raises(DataError, match="decompression bomb"):
        get(request_of())
    assert not (tmp_path / "x.csv").exists()
    assert strays(tmp_path) == []


def test_a_packed_file_described_as_a_packed_answer_stays_packed(publisher, request_of, get):
    packed = gzip.compress(CSV)
    good = publisher.file(packed, etag='"1"', Content_Encoding="gzip")
    publisher.answer(
        "/x.csv",
        publisher.broken(packed, len(packed) // 2, etag='"1"', **{"Content-Encoding": "gzip"}),
        good,
    )
    assert get(request_of(kind="gz")).read_bytes() == packed
    assert "range" in publisher.headers(1)


def test_another_coding_is_refused(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.file(CSV, Content_Encoding="br"))
    with pytest.raises(SourceError, match="'br'"):
        get(request_of())


@pytest.mark.parametrize("where", [{"header": "X-Key"}, {"query": "key"}])
def test_the_key_is_sent_and_never_shown(where, publisher, request_of, get, tmp_path):
    secret = Secret(KEY, **where)
    assert KEY not in repr(secret)

    def echo(handler):
        told = f"your key {KEY} is wrong at {handler.path}".encode()
        publisher.status(400, told)(handler)

    publisher.answer("/x.csv", publisher.broken(CSV, HALF, etag='"1"'), echo)
    with pytest.raises(DataError) as caught:
        get(request_of(secret=secret))
    assert "your key *** is wrong" in str(caught.value)
    sent = publisher.headers().get("x-key") or publisher.asked[0][0]
    assert KEY in sent or "k3y-that" in sent
    publisher.answer("/x.csv", publisher.file(CSV, etag='"1"'))
    get(request_of(secret=secret))
    for path in tmp_path.rglob("*"):
        assert b"k3y-that" not in path.read_bytes(), path.name
    assert "k3y-that" not in str(caught.value)
    assert "k3y-that" not in repr(request_of(secret=secret))


def test_redirects_stay_with_the_publisher(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.status(302, Location="/moved.csv"))
    publisher.answer("/moved.csv", publisher.file(CSV))
    assert get(request_of()).read_bytes() == CSV
    for target in (
        "http://elsewhere.example/x",
        "https://elsewhere.example/x",
        "file:///etc/x",
        "http://[",
        "",
    ):
        publisher.answer("/x.csv", publisher.status(302, Location=target))
        with pytest.raises(SourceError, match="sends us elsewhere"):
            get(request_of())
    publisher.answer("/x.csv", publisher.status(302, Location="/x.csv"))
    with pytest.raises(SourceError, match="more than 5 redirects"):
        get(request_of())


def test_progress_counts_bytes_up_to_the_whole(publisher, request_of, get, fetcher):
    seen = []
    fetcher.progress = lambda got, total: seen.append((got, total))
    publisher.answer(
        "/x.csv", publisher.broken(CSV, HALF, etag='"1"'), publisher.file(CSV, etag='"1"')
    )
    get(request_of())
    assert seen[-1] == (len(CSV), len(CSV))
    assert [got for got, _ in seen] == sorted(got for got, _ in seen)


def test_another_address_under_the_same_name_is_not_mixed_up(publisher, request_of, get):
    publisher.answer("/x.csv", publisher.broken(CSV, HALF, etag='"1"'), publisher.status(500))
    with pytest.raises(SourceError):
        get(request_of())
    publisher.answer("/y.csv", publisher.file(CSV.upper(), etag='"1"'))
    other = replace(request_of("/y.csv"), name="x.csv")
    assert get(other).read_bytes() == CSV.upper()
    assert "range" not in publisher.headers()
