"""All data of a session are asked for before anything is waited for."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import NOW, FakeHost

from hicognition_widgets.catalog.records import SessionRecord
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.session import Session
from hicognition_widgets.views.session_opening import open_in, standing_with
from hicognition_widgets.views.session_spec import checked_session, session_spec


def saved(host):
    loops, peaks = Comparison(host, "loops"), Comparison(host, "peaks")
    loops.add("pileup", "control")
    loops.add("pileup", "control", normalization="raw")
    peaks.add("profile", "CTCF")
    board = Board(loops, peaks, link_flanks=True)
    return session_spec(board.comparisons, board.settings)


def test_a_session_opens_without_waiting_for_any_answer():
    spec = saved(FakeHost())
    host = FakeHost()
    record = SessionRecord(id=1, name="s", owner="ann", created=NOW, updated=NOW, spec=spec)
    session = Session.opened(host, record)
    assert [view.status for one in session for view in one.views] == ["computing"] * 3
    assert sorted(ask.request.analysis for ask in host.asks) == ["pileup", "pileup", "profile"]
    assert session.board.link_flanks


def test_in_place_of_a_comparison_too():
    spec = saved(FakeHost())
    host = FakeHost()
    comparison = Comparison(host, "peaks")
    assert open_in(comparison, checked_session(spec)) == []
    assert len(host.asks) == 3
    first, second = standing_with(comparison)
    assert first is comparison
    assert (first.regions.name, second.regions.name) == ("loops", "peaks")
    assert comparison.board.link_flanks
    assert comparison.beside == f"anywidget:{comparison.board.model_id}"
