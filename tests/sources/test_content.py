"""What arrived, whole or not."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
import zlib

import pytest

from throughflow.errors import DataError
from throughflow.sources.content import Expected, check_head, check_whole


def seven_zip(body=b"packed data", header=b"end header"):
    """An archive's frame: signature, version, checksummed pointer to the end header."""
    pointer = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    start = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(pointer)) + pointer
    return start + body + header


@pytest.fixture
def checked(tmp_path):
    def check(data, expected):
        path = tmp_path / "x"
        path.write_bytes(data)
        check_whole(path, expected, "here")

    return check


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("x.csv", "a,b\n" * 1000)
    return path.read_bytes()


def test_whole_files_pass(checked, archive):
    checked(seven_zip(), Expected("7z"))
    checked(archive, Expected("zip"))
    checked(gzip.compress(b"x" * 5_000_000), Expected("gz"))
    checked(gzip.compress(b"x") + gzip.compress(b"y"), Expected("gz"))
    checked(b'{"data": [1]}', Expected("json", rows_at="data", row_limit=2))
    checked(b'[["a"], [1]]', Expected("json", header_rows=1))
    checked("\ufeffa,b\n".encode(), Expected("csv"))


@pytest.mark.long
def test_a_real_archive_passes_and_a_cut_one_does_not(checked, tmp_path):
    import py7zr

    (tmp_path / "a.csv").write_text("a,b\n" * 10_000)
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as made:
        made.write(tmp_path / "a.csv", "a.csv")
    data = (tmp_path / "a.7z").read_bytes()
    checked(data, Expected("7z"))
    for cut in (1, 10, len(data) // 2):
        with pytest.raises(DataError, match="archive"):
            checked(data[:-cut], Expected("7z"))


@pytest.mark.parametrize("cut", [1, 5, 20, 40])
def test_cut_files_do_not(cut, checked, archive):
    packed = gzip.compress(bytes(range(256)) * 40)
    for data, kind in ((seven_zip(), "7z"), (archive, "zip"), (packed, "gz")):
        with pytest.raises(DataError) as caught:
            checked(data[:-cut], Expected(kind))
        assert "run the command again" in str(caught.value)
    with pytest.raises(DataError, match="not whole JSON"):
        checked(b'{"data": [1, 2, 3]}'[:-1], Expected("json", rows_at="data"))


def test_a_damaged_pointer(checked):
    data = bytearray(seven_zip())
    data[15] ^= 1
    with pytest.raises(DataError, match="header is damaged"):
        checked(bytes(data), Expected("7z"))


def test_an_empty_answer(checked):
    for kind in ("csv", "json", "7z", "zip", "gz"):
        with pytest.raises(DataError, match="empty"):
            checked(b"", Expected(kind))


@pytest.mark.parametrize("head", [b"<html>", b"  \r\n<!doctype html>", b"\xef\xbb\xbf<?xml ?>"])
@pytest.mark.parametrize("kind", ["csv", "json", "7z", "zip", "gz"])
def test_a_web_page_is_told_from_data(head, kind):
    with pytest.raises(DataError, match=f"where {kind} was expected"):
        check_head(head, Expected(kind), "here")
    check_head(head, Expected("page"), "here")


COMTRADE = Expected("json", rows_at="data", row_limit=500)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"data": [{}] * 500, "count": 500}, "cuts an answer at 500 rows and this one has 500"),
        ({"data": [], "count": 0}, "no rows"),
        ({"data": [], "error": "period is invalid"}, "period is invalid"),
        ({"statusCode": 404, "message": "Resource not found"}, "Resource not found"),
        ([1, 2], "refused the question"),
        ({"data": {"a": 1}}, "refused the question"),
    ],
)
def test_answers_that_are_not_the_rows_asked_for(answer, words, checked):
    with pytest.raises(DataError, match=words):
        checked(json.dumps(answer).encode(), COMTRADE)


def test_one_row_less_than_the_limit_is_all_there_is(checked):
    checked(json.dumps({"data": [{}] * 499}).encode(), COMTRADE)


def test_a_table_with_only_its_header_has_no_rows(checked):
    with pytest.raises(DataError, match="no rows"):
        checked(b'[["a", "b"]]', Expected("json", header_rows=1))


def test_json_that_nests_too_deep_is_no_crash(checked):
    with pytest.raises(DataError, match="not whole JSON"):
        checked(b"[" * 200_000, Expected("json"))
