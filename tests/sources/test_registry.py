from __future__ import annotations

from collections import Counter

import pytest

from throughflow.errors import InputError
from throughflow.sources.base import RawFile
from throughflow.sources.registry import READERS, recognise


def test_readers_have_names_and_versions_of_their_own():
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names) == 17
    assert all(reader.version for reader in READERS)


def test_a_workbook_nobody_knows_is_refused_with_its_sheets(book_file):
    file = book_file({f"Sheet {i}": [["x"]] for i in range(11)})
    with pytest.raises(InputError) as caught:
        recognise(file)
    assert "'Sheet 0', 'Sheet 1'" in caught.value.what
    assert "and 3 more" in caught.value.what
    assert caught.value.where == str(file.path)
    assert caught.value.exit_code == 3


def test_a_text_nobody_knows_is_refused_with_its_first_line(text_file):
    with pytest.raises(InputError, match="it begins 'a,b,c'"):
        recognise(text_file("a,b,c\n1,2,3\n"))
    with pytest.raises(InputError, match=r"in this file\. See"):
        recognise(text_file("\n1,2,3\n"))


def test_the_name_of_a_file_says_nothing(tmp_path):
    path = tmp_path / "sdmx_data_1105.csv"
    path.write_text("country,export,import_consigment,import_origin,timeperiod,year\n")
    assert recognise(RawFile(path)).name == "am-national"


@pytest.mark.data
def test_which_staged_trade_files_are_known(staged):
    known, unknown = Counter(), []
    for path in sorted((staged / "trade").rglob("*")):
        if path.is_file() and path.parent.name != "eurostat_databrowser":
            try:
                known[recognise(RawFile(path)).name] += 1
            except InputError:
                unknown.append(str(path.relative_to(staged / "trade").parts[0]))
    assert known == {
        "easy-comext": 559,
        "national-converted": 4,
        "kz-national": 5,
        "kg-national": 2,
        "uz-national": 2,
        "am-national": 1,
        "am-headings": 1,
        "am-partners": 1,
        "am-reexports": 2,
        "india-russia": 1,
        "un-comtrade": 1,
    }
    assert Counter(unknown)["national"] == 11
    assert Counter(unknown)["eurostat_easycomext"] == 2
