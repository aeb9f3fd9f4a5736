from __future__ import annotations

import gzip
import struct
import zipfile

import numpy as np
import pytest

from throughflow.errors import InputError
from throughflow.sources import hostile
from throughflow.sources.base import RawFile


def zipped(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path):
    path = zipped(tmp_path / "f", {"xl/workbook.xml": b"0" * 40_000_000})
    with pytest.raises(InputError, match="decompression bomb"):
        _ = RawFile(path).workbook


def test_a_bomb_that_claims_to_be_small_is_refused(tmp_path):
    path = zipped(tmp_path / "f", {"xl/workbook.xml": b"0" * 40_000_000})
    data = bytearray(path.read_bytes())
    # The uncompressed size in the local header and in the central directory.
    central = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, 22, 1000)
    struct.pack_into("<I", data, central + 24, 1000)
    path.write_bytes(data)
    assert zipfile.ZipFile(path).infolist()[0].file_size == 1000
    with pytest.raises(InputError, match="decompression bomb"):
        _ = RawFile(path).workbook


def test_a_small_lie_about_size_is_refused_too(tmp_path):
    path = zipped(tmp_path / "f", {"a.xml": b"abc" * 1000})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, 10)
    path.write_bytes(data)
    with pytest.raises(InputError, match="truncated or damaged"):
        hostile.open_workbook(path, "xlsx")


def test_a_flipped_byte_is_found_by_the_checksum(tmp_path, book_file):
    path = book_file({"S": [[i, str(i)] for i in range(2000)]}).path
    data = bytearray(path.read_bytes())
    info = max(zipfile.ZipFile(path).infolist(), key=lambda member: member.compress_size)
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match="truncated or damaged"):
        _ = RawFile(path).workbook


def test_a_truncated_workbook_is_refused(book_file):
    path = book_file({"S": [[1]]}).path
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match="truncated or damaged"):
        _ = RawFile(path).workbook


def test_a_password_is_refused(tmp_path):
    path = zipped(tmp_path / "f", {"a.xml": b"abc"})
    data = bytearray(path.read_bytes())
    for start, flag in ((data.index(b"PK\x03\x04"), 6), (data.rindex(b"PK\x01\x02"), 8)):
        data[start + flag] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        hostile.open_workbook(path, "xlsx")


def test_too_many_parts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(hostile, "MAX_MEMBERS", 2)
    path = zipped(tmp_path / "f", dict.fromkeys("abc", b""))
    with pytest.raises(InputError, match="3 parts"):
        hostile.open_workbook(path, "xlsx")


def test_a_whole_workbook_opens(book_file):
    assert book_file({"S": [[1]]}).workbook.sheet_names == ["S"]


def test_a_text_above_the_limit_is_refused_before_it_is_read(text_file, monkeypatch):
    file = text_file("a" * 100)
    monkeypatch.setattr(hostile, "MAX_TEXT_BYTES", 99)
    with pytest.raises(InputError, match="at most"):
        _ = file.text


def test_wrong_encoding_names_the_line(text_file):
    file = text_file("a\nж\n", encoding="cp1251")
    with pytest.raises(InputError, match="line 2"):
        _ = file.text


def test_directories_missing_and_empty_files_are_named(tmp_path):
    (tmp_path / "empty").touch()
    for name, words in ((".", "directory"), ("none", "no such file"), ("empty", "is empty")):
        with pytest.raises(InputError, match=words):
            RawFile(tmp_path / name)


def test_a_workbook_is_asked_of_nothing_else(text_file, tmp_path):
    with pytest.raises(InputError, match="not a workbook"):
        _ = text_file("a,b\n").workbook
    (tmp_path / "x").write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(InputError, match="damaged"):
        _ = RawFile(tmp_path / "x").workbook
    (tmp_path / "y").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 600)
    with pytest.raises(InputError, match="cannot be opened"):
        _ = RawFile(tmp_path / "y").workbook
    (tmp_path / "z").write_bytes(b"\0\1\2")
    with pytest.raises(InputError, match="binary"):
        RawFile(tmp_path / "z")


def test_a_compressed_text_is_read_as_what_it_holds(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfa,b\n1,2\n"))
    file = RawFile(path)
    assert (file.kind, file.packed, file.first_line) == ("text", True, "a,b")
    assert file.text == "a,b\n1,2\n"
    with file.open() as stream:
        assert stream.read().endswith(b"1,2\n")


def test_a_compressed_bomb_is_refused_while_it_unpacks(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(b"a,b\n" + b"0" * 40_000_000))
    with pytest.raises(InputError, match="decompression bomb"):
        _ = RawFile(path).text
    monkeypatch.setattr(hostile, "MAX_TEXT_BYTES", 100_000)
    path.write_bytes(gzip.compress(bytes(range(32, 127)) * 2000))
    with pytest.raises(InputError, match="decompression bomb"):
        _ = RawFile(path).text


def test_a_damaged_compressed_file_is_refused(tmp_path):
    path = tmp_path / "f"
    whole = gzip.compress(np.random.default_rng(0).bytes(300_000).hex().encode())
    path.write_bytes(whole[:-2000])
    with pytest.raises(InputError, match="truncated or damaged"):
        _ = RawFile(path).text
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    path.write_bytes(flipped)
    with pytest.raises(InputError, match="truncated or damaged"):
        _ = RawFile(path).text
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(InputError, match="holds nothing"):
        RawFile(path)
    path.write_bytes(gzip.compress(b"PAR1 and so on"))
    with pytest.raises(InputError, match="inside a compressed file"):
        RawFile(path)
