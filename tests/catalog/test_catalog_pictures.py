"""Tables and records as HTML: text stays text, numbers stand right, nothing empty is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.catalog.pictures import (
    base_pairs,
    facts_html,
    listed,
    shortened,
    table_html,
)


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text(), st.text())
def test_any_text_stays_text(one: str, two: str) -> None:
    for picture in (table_html([{one: two, "b": 1}]), facts_html(one, {two: one})):
        seen = Reader(picture)
        assert seen.tags <= {"table", "thead", "tbody", "tr", "th", "td", "p", "strong"}


def test_numbers_stand_right_and_empty_columns_are_left_out() -> None:
    rows = [
        {"name": "a", "regions": 12345, "gaps": None, "public": False, "text": ""},
        {"name": "b", "regions": None, "gaps": None, "public": True, "text": ""},
    ]
    picture = table_html(rows)
    assert Reader(picture).texts == [
        "name", "regions", "public", "a", "12,345", "no", "b", "yes",
    ]  # fmt: skip
    assert '<td style="text-align:right;white-space:nowrap">12,345</td>' in picture
    assert '<td style="text-align:left">no</td>' in picture


def test_long_tables_say_how_much_is_left() -> None:
    rows = [{"name": str(i)} for i in range(60)]
    assert "and 10 more" in table_html(rows)
    assert "and 950 more" in table_html(rows, total=1000)
    assert "more" not in table_html(rows[:50])
    assert table_html([], empty="no <b>") == "<p>no &lt;b&gt;</p>"


def test_facts_leave_out_what_is_empty() -> None:
    when = datetime(2025, 1, 31, 14, 5, tzinfo=UTC)
    texts = Reader(facts_html("t", {"a": "", "b": None, "c": 0, "d": when, "e": 0.25})).texts
    assert texts == ["t", "c", "0", "d", "2025-01-31 14:05", "e", "0.25"]


def test_short_forms() -> None:
    assert [base_pairs(n) for n in (500, 10_000, 2_500_000)] == ["500 bp", "10 kb", "2.5 Mb"]
    assert shortened("a\n  b") == "a b"
    assert len(shortened("x" * 100)) == 60


def test_lists_are_cut_between_their_parts() -> None:
    sizes = ["10 kb", "50 kb", "100 kb", "250 kb"]
    assert listed(sizes, 60) == "10 kb, 50 kb, 100 kb, 250 kb"
    assert listed(sizes, 24) == "10 kb, 50 kb, 100 kb, …"
    assert listed(["one that is far too long"], 10) == "one that is far too long"
    assert listed([], 10) == ""
