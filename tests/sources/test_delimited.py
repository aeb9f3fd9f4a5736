from __future__ import annotations

import pytest

from throughflow.errors import InputError
from throughflow.sources import delimited, hostile
from throughflow.sources.base import Refusals


def test_records_are_numbered_as_in_the_file(text_file):
    file = text_file('a,b\r\n1,2\r\n\r\n"x\ny",3\r\n4,5,6\r\n7,8\r\n')
    refusals = Refusals()
    table = delimited.read(file, refusals)
    assert table.to_pydict() == {"a": ["1", "x\ny", "7"], "b": ["2", "3", "8"], "row": [2, 4, 6]}
    assert refusals.rows == [
        ("wrong number of columns", "download, row 5", "3 instead of 2: 4,5,6", 1)
    ]


def test_numbers_hold_across_blocks(text_file, monkeypatch):
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 64)
    lines = ["a,b", *(f"{i},x" if i % 10 else f"{i}" for i in range(2, 300))]
    table = delimited.read(text_file("\n".join(lines) + "\n"), Refusals())
    assert [int(a) for a in table["a"].to_pylist()] == table["row"].to_pylist()


def test_byte_order_mark_and_quotes_in_the_header(text_file):
    file = text_file('\ufeff"a"; "b"\n1;2\n')
    assert delimited.header(file, ";") == ["a", "b"]
    assert delimited.read(file, Refusals(), delimiter=";").column_names == ["a", "b", "row"]


def test_a_header_alone_has_no_rows(text_file):
    assert len(delimited.read(text_file("a,b\n"), Refusals())) == 0
    assert len(delimited.read(text_file("a,b"), Refusals())) == 0


def test_columns_named_twice_are_refused(text_file):
    with pytest.raises(InputError, match="named twice: a"):
        delimited.read(text_file("a,b,a\n1,2,3\n"), Refusals())


def test_wrong_encoding_is_named_with_its_line(text_file):
    with pytest.raises(InputError, match=r"not UTF-8 text .*line 3"):
        delimited.read(text_file("a,b\n1,2\n3,é\n", encoding="latin-1"), Refusals())


def test_size_is_checked_first(text_file, monkeypatch):
    file = text_file("a,b\n1,2\n")
    monkeypatch.setattr(hostile, "MAX_TEXT_BYTES", 3)
    with pytest.raises(InputError, match="at most"):
        delimited.read(file, Refusals())
