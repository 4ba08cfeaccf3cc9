"""Sessions: kept, opened again as they were, shared, forked, and what is gone is named."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from hicognition_widgets.errors import InputError, NotAllowed, NotFound
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.comparison_commands import comparison_commands
from hicognition_widgets.views.session_spec import checked_session


def comparison(ws):
    c = ws.compare("loops", flank=100_000, title="Loops & <b>more</b>", columns=2)
    c.add("pileup", "control", vmin=-1.5, vmax=1.5, width=300)
    c.add("pileup", "KO", normalization="balanced", scale="linear", cmap="Reds")
    c.add("profile", ["CTCF", "E1"], side="right", normalized=True, title="tracks")
    c.add("stackup", "CTCF", sort_by="random", binsize=20_000)
    c.wait(60)
    return c


def wire(c):
    """Everything that the browser draws from, without identities of widgets."""
    state = []
    for view in c.views:
        traits = {
            name: value
            for name, value in view.get_state().items()
            if not name.startswith("_")
            and name not in ("layout", "result", "elapsed", "view_id")
        }
        arrays = {
            name: (array["dtype"], array["shape"], bytes(array["data"]))
            for name, array in view.result["arrays"].items()
        }
        # how often it was drawn is no part of what is drawn
        meta = {name: value for name, value in view.result["meta"].items() if name != "picture"}
        state.append((traits, meta, arrays))
    return (c.title, c.columns, c.flank, c.regions, state)


def test_a_round_trip_changes_nothing_that_is_drawn(ws):
    c = comparison(ws)
    saved = ws.save_session("figure 2", c, description="for the paper")
    again = ws.open_session("figure 2")
    again.wait(60)
    assert len(again) == 1
    assert not again.missing
    assert wire(again[0]) == wire(c)
    assert again[0].spec == c.spec
    assert not again[0].can_undo
    assert saved.owner == "ann"
    with Image.open(io.BytesIO(saved.thumbnail)) as picture:
        assert picture.format == "PNG"
        assert picture.width < 600


def test_figures_of_a_session_are_identical(ws, tmp_path):
    c = comparison(ws)
    ws.save_session("s", c)
    again = ws.open_session("s")
    c.save(tmp_path / "before.png")
    again[0].save(tmp_path / "after.png")
    before, after = (np.asarray(Image.open(tmp_path / f"{n}.png")) for n in ("before", "after"))
    np.testing.assert_array_equal(before, after)


def test_the_list_of_sessions(ws):
    c = ws.compare("sites", flank=100_000)
    ws.save_session("second", c, description="enhancers in ES cells")
    ws.save_session("first", c, c)
    assert list(ws.sessions) == ["first", "second"]
    assert list(ws.sessions.search("enhancers ES")) == ["second"]
    assert len(ws.open_session("first")) == 2
    ws.sessions.rename("first", "figure 1")
    ws.sessions.describe("figure 1", "nothing <script>")
    assert ws.sessions["figure 1"].description == "nothing <script>"
    assert "<script>" not in ws.sessions._repr_html_()
    with pytest.raises(InputError, match="already have"):
        ws.sessions.rename("second", "figure 1")
    ws.sessions.delete("figure 1")
    assert list(ws.sessions) == ["second"]
    with pytest.raises(NotFound):
        ws.open_session("figure 1")


def test_saving_again_overwrites_only_when_that_is_wanted(ws):
    c = ws.compare("sites", flank=100_000)
    first = ws.save_session("s", c, description="kept")
    c.title = "new"
    with pytest.raises(InputError, match="already have"):
        ws.save_session("s", c, replace=False)
    second = ws.save_session("s", c)
    assert second.id == first.id
    assert second.description == "kept"
    assert ws.open_session("s")[0].title == "new"


def test_there_has_to_be_something_to_keep(ws):
    with pytest.raises(InputError, match="at least one"):
        ws.save_session("s")
    with pytest.raises(InputError, match="not a int"):
        ws.save_session("s", 3)
    with pytest.raises(InputError, match="name of a session"):
        ws.open_session()


def test_what_is_gone_is_named_and_the_rest_is_shown(ws, another):
    c = comparison(ws)
    sites = ws.compare("sites", flank=100_000, title="Sites")
    bob = another("bob")
    link = ws.share(ws.save_session("s", c, sites))
    bob.save_session("s", bob.open_session(token=link))
    for name in ("loops", "control", "CTCF", "KO", "E1"):
        ws._catalog.update_dataset(ws.dataset(name).id, public=True)
    for name in ("KO", "E1", "sites"):
        ws._catalog.delete_dataset(ws.dataset(name).id, cascade=True)
    again = bob.open_session("s")
    again[0].wait(60)
    assert len(again) == 1
    assert [view.status for view in again[0].views] == ["ready", "empty", "ready", "ready"]
    assert "“KO” is missing" in again[0].views[1].message
    assert "“KO”, “E1” are missing" in again[0].missing
    assert any(line.startswith("Sites: “sites” is missing") for line in again.missing)
    # what is gone stays in the session until somebody chooses something else
    assert again[0].spec["views"] == c.spec["views"]
    again[0].views[1].features = [bob.dataset("control").id]
    again[0].wait(60)
    assert again[0].spec["views"][1]["features"] == [str(ws.dataset("control").id)]


def test_a_link_shows_exactly_what_the_session_uses(ws, another):
    c = ws.compare("loops", flank=100_000)
    c.add("pileup", "control")
    c.wait(60)
    saved = ws.save_session("shared", c)
    token = ws.share(saved, expires="30d")
    assert token not in repr(ws.shares)
    with another("bob") as bob:
        with pytest.raises(NotFound):
            bob.open_session("ann/shared")
        with pytest.raises(NotFound):
            bob.dataset("ann/control")
        theirs = bob.open_session(token=token)
        theirs.wait(60)
        assert wire(theirs[0])[-1][0][1:] == wire(c)[-1][0][1:]
        assert sorted(bob.features) == ["ann/control"]
        assert sorted(bob.regions) == ["ann/loops"]
        # a fork: Bob's copy under his name, Ann's stays as it was
        theirs[0].title = "mine now"
        fork = bob.save_session("shared", theirs)
        assert (fork.owner, fork.id != saved.id) == ("bob", True)
        assert ws.open_session("shared")[0].title == ""
        with pytest.raises(NotAllowed):
            bob.share(saved, user="eve")
        assert ws.shares[0].opened_by == ("bob",)
        ws.revoke(ws.shares[0])
        with pytest.raises(NotFound):
            bob.open_session(token=token)
        mine = bob.open_session("shared")
        assert len(mine) == 0
        assert "“loops” is missing" in mine.missing[0]
    assert ws.shares.to_frame()["state"].tolist() == ["revoked"]


def test_results_come_with_a_shared_session(ws, another):
    c = ws.compare("loops", flank=100_000)
    c.add("pileup", "control")
    c.wait(60)
    token = ws.share(ws.save_session("shared", c))
    with another("bob") as bob:
        theirs = bob.open_session(token=token)
        theirs.wait(60)
        key = c.views[0].results[0].key
        assert theirs[0].views[0].results[0].key == key
        assert bob._catalog.find_result(key).producer == "ann"


def test_only_what_has_an_owner_can_be_shared(ws):
    with pytest.raises(InputError, match="a str cannot be shared"):
        ws.share("loops")
    with pytest.raises(InputError, match="only sessions have links"):
        ws.share(ws.dataset("loops"))


def ask(c, command, **args):
    """What the browser gets for a command."""
    reply = answer(
        {"kind": "command", "v": 1, "id": 1, "name": command, "args": args},
        comparison_commands(c),
    )
    content, buffers = reply
    if not content["ok"]:
        raise InputError(content["error"]["message"])
    return content["payload"], buffers


def test_the_page_saves_lists_and_opens(ws, another):
    c = comparison(ws)
    assert c.unsaved
    assert ask(c, "save_session", name=" one ", description="#Paper of 2026")[0]["saved"]
    assert not c.unsaved
    other = ws.compare("sites", flank=100_000)
    other.add("profile", "CTCF")
    # a name that is taken is asked about; one's own session is simply kept up to date
    assert ask(other, "save_session", name="one")[0] == {"exists": True, "name": "one"}
    assert ws.open_session("one")[0].regions.name == "loops"
    assert ask(c, "save_session", name="one")[0]["saved"]
    payload, buffers = ask(c, "sessions", search="#paper")
    (row,) = payload["sessions"]
    assert (row["name"], row["mine"], row["tags"]) == ("one", True, ["paper"])
    assert payload["current"] == "one"
    assert buffers[0].startswith(b"\x89PNG")
    assert ask(c, "sessions", search="nothing like it")[0]["sessions"] == []
    # opening asks before unsaved views are replaced
    assert ask(other, "open_session", id=row["id"])[0] == {"unsaved": True}
    assert other.regions.name == "sites"
    assert ask(other, "open_session", id=row["id"], discard=True)[0]["opened"]
    other.wait(60)
    assert wire(other) == wire(c)
    assert not other.unsaved
    assert ask(other, "open_session", id=row["id"])[0]["opened"]
    assert ask(c, "update_session", id=row["id"], name="two")[0]["session"]["name"] == "two"
    token = ask(c, "share_session", id=row["id"], expires="1d")[0]["token"]
    bob = another("bob")
    theirs = bob.compare("ann/loops") if "ann/loops" in bob.regions else None
    assert theirs is None
    assert len(bob.open_session(token=token)) == 1
    ask(c, "delete_session", id=row["id"])
    assert list(ws.sessions) == []
    for name, args in {
        "open_session": {"id": "1; DROP TABLE"},
        "share_session": {"id": 999},
        "delete_session": {},
        "save_session": {"name": ""},
    }.items():
        with pytest.raises(InputError):
            ask(c, name, **args)


def test_tags_are_words_of_the_description(ws):
    ws.save_session("s", ws.compare("sites"), description="for #Paper, not a#tag")
    assert ws.sessions["s"].tags == ("paper",)
    assert ws.sessions.tag("s", "CTCF", "#paper").tags == ("paper", "ctcf")
    assert ws.sessions["s"].description == "for #Paper, not a#tag #ctcf"
    assert list(ws.sessions.search("#ctcf")) == ["s"]
    with pytest.raises(InputError, match="one word"):
        ws.sessions.tag("s", "two words")


def board(ws):
    loops, sites = ws.compare("loops", flank=100_000), ws.compare("sites", flank=200_000)
    loops.add("pileup", "control")
    sites.add("profile", "CTCF")
    sites.add("stackup", "CTCF")
    together = Board(loops, sites, link_flanks=True)
    together.wait(60)
    return together


def test_a_board_comes_back_as_a_board(ws):
    shown = board(ws)
    assert [c.flank for c in shown.comparisons] == [100_000, 100_000]
    ws.save_session("board", shown)
    assert not any(c.unsaved for c in shown.comparisons)
    again = ws.open_session("board")
    again.wait(60)
    assert again.board.link_flanks
    assert again.board.comparisons == list(again)
    assert [wire(c) for c in again] == [wire(c) for c in shown.comparisons]
    # kept again under another name, also as the session that was opened
    ws.save_session("copy", again)
    assert ws.session_record("copy").spec == ws.session_record("board").spec
    ws.save_session("list", *again)
    assert ws.open_session("list").board is None


def test_a_session_of_the_first_version_still_opens(ws):
    c = ws.compare("sites", flank=100_000)
    old = {"version": 1, "comparisons": [c.spec, c.spec]}
    ws._catalog.save_session("old", old, datasets=[ws.dataset("sites").id])
    session = ws.open_session("old")
    assert (len(session), session.board) == (2, None)
    with pytest.raises(InputError, match="version is 3"):
        checked_session({"version": 3, "comparisons": []})
    with pytest.raises(InputError, match=r"board\.link_flanks is 'yes'"):
        checked_session({"version": 2, "comparisons": [], "board": {"link_flanks": "yes"}})
    with pytest.raises(InputError, match=r"board\.colour is not a field"):
        checked_session({"version": 2, "comparisons": [], "board": {"colour": 1}})


def test_the_page_opens_all_comparisons_of_a_session(ws):
    ws.save_session("board", board(ws))
    number = ws.sessions["board"].id
    c = ws.compare("sites", flank=400_000)
    assert ask(c, "open_session", id=number)[0]["opened"]
    assert c.beside == f"anywidget:{c.board.model_id}"
    c.board.wait(60)
    assert [one.regions.name for one in c.board.comparisons] == ["loops", "sites"]
    assert c.board.comparisons[0] is c
    assert c.board.link_flanks
    # what is saved from there is all of it
    c.board.comparisons[1].title = "changed"
    other = ws.compare("sites", flank=100_000)
    ws.save_session("single", other)
    single = ws.sessions["single"].id
    assert ask(c, "open_session", id=single)[0] == {"unsaved": True}
    assert ask(c, "save_session", name="board")[0]["saved"]
    assert [one.title for one in ws.open_session("board")] == ["", "changed"]
    # and one of a single comparison takes the place of all
    shown = c.board
    assert ask(c, "open_session", id=single)[0]["opened"]
    assert shown.comparisons == [c]
    assert not shown.link_flanks
    assert c.session_name == "single"


def test_what_is_missing_of_several_is_named_in_the_page(ws, another):
    token = ws.share(ws.save_session("board", board(ws)))
    bob = another("bob")
    number = bob.save_session("theirs", bob.open_session(token=token)).id
    for name in ("loops", "sites", "control", "CTCF"):
        ws._catalog.update_dataset(ws.dataset(name).id, public=True)
    c = bob.compare("ann/sites", flank=400_000)
    ws._catalog.delete_dataset(ws.dataset("loops").id, cascade=True)
    (sentence,) = ask(c, "open_session", id=number)[0]["missing"]
    assert "“loops” is missing" in sentence
    assert c.board is None
    assert [view.kind for view in c.views] == ["profile", "stackup"]
    ws._catalog.delete_dataset(ws.dataset("sites").id, cascade=True)
    with pytest.raises(InputError, match="missing"):
        ask(c, "open_session", id=number, discard=True)


def test_files_of_a_board_hold_all_of_it(ws, tmp_path, monkeypatch):
    shown = board(ws)
    told = shown.html_size()
    page = shown.to_html(tmp_path / "board.html")
    assert abs(told - page.stat().st_size) < 0.15 * told
    text = page.read_text()
    data = json.loads(text.split('id="hicognition-data">')[1].split("</script>")[0])
    assert [len(part["views"]) for part in data["comparisons"]] == [1, 2]
    assert data["board"]["link_flanks"] is True
    svg = shown.save(tmp_path / "board.svg").read_text()
    assert svg.count("loops: control") >= 1
    assert "sites: CTCF" in svg
    assert len(shown.provenance["comparisons"]) == 2
    assert "cooler" in shown.methods().lower()
    spec = [c.spec for c in shown.comparisons]
    for name in ("catalog", "store", "scheduler", "user"):
        monkeypatch.setenv(f"HICOGNITION_{name.upper()}", str(getattr(ws.settings, name)))
    *lines, last = shown.to_code().splitlines()
    namespace = {}
    exec("\n".join(lines), namespace)  # noqa: S102 - code of our own
    rebuilt = namespace[last]
    assert [c.spec for c in rebuilt.comparisons] == spec
    assert rebuilt.link_flanks
    namespace["ws"].close()
    # the page's dialogs ask for all or for one
    whole = ask(shown.comparisons[0], "html_size", all=True)[0]["bytes"]
    assert whole == told
    assert ask(shown.comparisons[0], "html_size")[0]["bytes"] < told
    assert "Board(" in ask(shown.comparisons[1], "code", all=True)[0]["code"]


def test_selections_are_in_sessions_and_in_code(ws, monkeypatch):
    for name in ("catalog", "store", "scheduler", "user"):
        monkeypatch.setenv(f"HICOGNITION_{name.upper()}", str(getattr(ws.settings, name)))
    c = ws.compare("sites", flank=100_000)
    c.selection = [1, 2, 3, 4, 5, 9, 30]
    c.keep_selection("it's")
    c.selection = [0, 2]
    c.keep_selection("few")
    for chosen in (None, [7], [1, 2, 3, 4, 5, 9, 30]):
        c.selection = chosen
        session = ws.open_session(ws.save_session("s", c).name)
        assert session[0].spec == c.spec
        *lines, last = c.to_code().splitlines()
        namespace = {}
        exec("\n".join(lines), namespace)  # noqa: S102 - code of our own
        assert namespace[last].spec == c.spec
        assert set(namespace[last].kept_selections) == {"it's", "few"}
        namespace["ws"].close()
    assert "*range(1, 6), 9, 30]" in c.to_code()
    assert session[0].selection_facts["name"] == "it's"
    # edits of them are kept without saving
    edits = []
    c.on_edit(lambda: edits.append(1))
    before = len(edits)
    c.keep_selection("again")
    assert len(edits) > before
