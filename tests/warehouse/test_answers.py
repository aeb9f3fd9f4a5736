import pyarrow as pa

from throughflow.warehouse.answers import Answers


class Engine:
    def __init__(self, rows=1):
        self.asked = 0
        self.rows = rows

    def __call__(self):
        self.asked += 1
        return pa.table({"x": pa.array(range(self.rows), pa.int64())})


def test_the_same_question_is_asked_once():
    answers, engine = Answers(), Engine()
    goods = pa.table({"family": ["a", "b"]})
    first = answers.get("select 1", {"year": 2022}, {"goods": goods}, engine)
    # An equal table of other pieces is the same question.
    pieces = pa.concat_tables([goods.slice(0, 1), goods.slice(1)])
    again = answers.get("select 1", {"year": 2022}, {"goods": pieces}, engine)
    assert engine.asked == 1
    assert again is first


def test_any_difference_is_another_question():
    answers, engine = Answers(), Engine()
    goods = pa.table({"family": ["a", "b"]})
    for sql, year, tables in (
        ("select 1", 2022, {"goods": goods}),
        ("select 2", 2022, {"goods": goods}),
        ("select 1", 2021, {"goods": goods}),
        ("select 1", 2022, {"other": goods}),
        ("select 1", 2022, {"goods": pa.table({"family": ["a", "c"]})}),
        ("select 1", 2022, {}),
    ):
        answers.get(sql, {"year": year}, tables, engine)
    assert engine.asked == 6


def test_the_oldest_answers_go_and_large_ones_are_never_kept():
    answers, small, large = Answers(most_bytes=80), Engine(rows=2), Engine(rows=6)
    for year in range(6):  # 16 bytes each
        answers.get("q", {"year": year}, {}, small)
    answers.get("q", {"year": 5}, {}, small)
    assert small.asked == 6
    answers.get("q", {"year": 0}, {}, small)
    assert small.asked == 7
    for _ in range(2):
        answers.get("large", {}, {}, large)
    assert large.asked == 2


def test_nothing_is_known_after_clearing():
    answers, engine = Answers(), Engine()
    answers.get("q", {}, {}, engine)
    answers.clear()
    answers.get("q", {}, {}, engine)
    assert engine.asked == 2
