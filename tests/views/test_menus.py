"""Menus of views: all there is while there is room, and a way to the rest."""

from __future__ import annotations

from typing import Any

import pytest

from hicognition_widgets import Comparison, Pileup
from hicognition_widgets.views.menus import MENU
from tests.views.fake_host import FakeHost, record

MORE = 25


class FullHost(FakeHost):
    """More maps and region sets than a menu has room for."""

    def __init__(self) -> None:
        super().__init__(at_once=True)
        for number in range(100, 100 + MENU + MORE):
            self.records[number] = record(
                number, "contact_map", f"map {number}", resolutions=(10_000,)
            )
        for number in range(5000, 5000 + MENU + MORE):
            self.records[number] = record(
                number, "regions", f"set {number}", dims=1, region_kind="point", n_regions=10
            )

    def datasets_on(self, assembly: str, kind: str) -> list[Any]:
        return super().datasets_on(assembly, kind)[:MENU]


def ask(widget: Any, name: str, **args: Any) -> dict[str, Any]:
    sent: list[Any] = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._handle_custom_msg(
        {"v": 1, "id": 1, "kind": "command", "name": name, "args": args}, []
    )
    (reply,) = sent
    assert reply["ok"], reply
    found: dict[str, Any] = reply["payload"]
    return found


def ids(options: list[dict[str, str]]) -> set[str]:
    return {option["id"] for option in options}


def test_a_menu_with_room_offers_all() -> None:
    view = Pileup(FakeHost(), "peaks", "control")
    assert (len(view.feature_options), view.feature_more) == (2, 0)
    comparison = Comparison(FakeHost(), "peaks")
    assert (len(comparison.region_options), comparison.region_more) == (3, 0)


def test_a_full_menu_says_how_many_more_there_are() -> None:
    host = FullHost()
    view = Pileup(host, "peaks", "control")
    assert (len(view.feature_options), view.feature_more) == (MENU, MORE + 2)
    comparison = Comparison(host, "peaks")
    assert (len(comparison.region_options), comparison.region_more) == (MENU, MORE + 3)


def test_what_a_menu_has_no_room_for_is_found_and_chosen() -> None:
    host = FullHost()
    view = Pileup(host, "peaks", "control", flank=100_000)
    last = 100 + MENU + MORE - 1
    assert str(last) not in ids(view.feature_options)
    found = ask(view, "find_features", words=f"MAP {last}")["options"]
    assert found == [
        {"id": str(last), "name": f"map {last}", "kind": "contact_map", "detail": "1 bin size"}
    ] or ids(found) == {str(last)}
    view.features = [str(last)]
    assert str(last) in ids(view.feature_options)
    assert view.settings["features"] == [str(last)]
    # Also with another region set it keeps its name.
    view.set_regions(host.dataset("loops"))
    assert str(last) in ids(view.feature_options)
    assert len(view.feature_options) == MENU + 1


def test_region_sets_beyond_the_menu_are_found_and_chosen() -> None:
    host = FullHost()
    comparison = Comparison(host, "peaks")
    last = 5000 + MENU + MORE - 1
    (found,) = ask(comparison, "find_regions", words=f"set {last}")["options"]
    assert found == {"id": str(last), "name": f"set {last}", "detail": "10 regions"}
    ask(comparison, "choose_regions", id=found["id"])
    assert comparison.regions is not None
    assert comparison.regions.id == last
    assert str(last) in ids(comparison.region_options)


@pytest.mark.parametrize("words", ["", None, 7, ["a"], "x" * 10_000])
def test_any_words_are_answered(words: Any) -> None:
    view = Pileup(FullHost(), "peaks", "control")
    assert isinstance(ask(view, "find_features", words=words)["options"], list)


def test_a_view_without_a_host_finds_nothing() -> None:
    assert ask(Pileup(), "find_features", words="a") == {"options": []}
