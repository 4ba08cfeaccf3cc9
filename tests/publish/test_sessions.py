"""Sessions: kept, opened again as they were, shared, forked, and what is gone is named."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from hicognition_widgets.errors import InputError, NotAllowed, NotFound
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.comparison_commands import comparison_commands


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
        state.append((traits, view.result["meta"], arrays))
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
