"""What a notebook does with its catalog: find, name, publish, delete."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.catalog.check import check_catalog
from hicognition_widgets.errors import (
    AmbiguousName,
    DatasetNotice,
    InputError,
    NotAllowed,
    NotFound,
    StoreError,
)
from hicognition_widgets.workspace import Workspace, base

HOSTILE = "<img src=x onerror=alert(1)>&amp;"

Enter = Callable[[str], Workspace]


@pytest.fixture
def enter(any_url: str, people, tmp_path: Path) -> Iterator[Enter]:
    """A workspace of whoever is named, all on one catalog and one store."""
    opened: list[Workspace] = []

    def open_as(name: str) -> Workspace:
        url = people(name)._database.url.render_as_string(hide_password=False)
        workspace = Workspace(
            catalog=url, store=tmp_path / "store", scheduler="threads", user=name
        )
        opened.append(workspace)
        return workspace

    yield open_as
    for workspace in opened:
        workspace.close()


@pytest.fixture
def ws(enter: Enter) -> Workspace:
    return enter("ann")


def sites(*starts: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"chrom": "chr1", "start": starts, "end": [start + 100 for start in starts]}
    )


def sound(ws: Workspace) -> bool:
    """Whether rows and files tell the same story, with no file left over."""
    return check_catalog(ws._catalog, ws._store, settled_seconds=0).ok


def test_search_by_everything(ws: Workspace, enter: Enter) -> None:
    ws.add_regions(sites(100), assembly="mm9", name="CTCF sites", metadata={"protein": "CTCF"})
    ws.add_regions(sites(200), assembly="mm10", name="loops", description="from Rad21 ChIP")
    bob = enter("bob")
    bob.add_regions(sites(300), assembly="mm9", name="peaks of bob", public=True)
    bob.add_regions(sites(400), assembly="mm9", name="secret")

    def names(**wanted) -> list[str]:
        return [one.name if one.owner == ws.user else one.ref for one in ws.search(**wanted)]

    assert names(order_by="name") == ["CTCF sites", "loops", f"{bob.user}/peaks of bob"]
    assert names(words="rad21 CHIP") == ["loops"]
    assert names(metadata={"protein": "ctcf"}) == ["CTCF sites"]
    assert names(metadata={"protein": None}) == ["CTCF sites"]
    assert names(assembly="mm10") == ["loops"]
    assert names(owner=bob.user) == [f"{bob.user}/peaks of bob"]
    assert names(kind="contact_map") == []
    assert names(order_by="created", descending=True)[0].endswith("peaks of bob")
    assert [one.name for one in ws.regions.values()] == ["CTCF sites", "loops", "peaks of bob"]
    assert dict(ws.regions.items())["loops"].assembly == "mm10"
    frame = ws.search().to_frame()
    assert frame["protein"].fillna("").tolist() == ["CTCF", "", ""]
    assert frame["public"].tolist() == [False, False, True]


def test_pictures_show_names_as_text(ws: Workspace) -> None:
    record = ws.add_regions(
        sites(100), assembly="mm9", name=HOSTILE, description=HOSTILE,
        metadata={HOSTILE: HOSTILE},
    )  # fmt: skip
    marks = ws.add_collection(HOSTILE, [record])
    ws.add_assembly("<b>own</b>", chromsizes={"chr1": 1000})
    for shown in (
        ws.regions,
        ws.search(),
        ws.collections,
        ws.assemblies,
        record,
        marks,
        ws.assemblies["<b>own</b>"],
    ):
        picture = shown._repr_html_()
        assert "<img" not in picture
        assert "<b>" not in picture
        assert "&lt;" in picture
        assert "<table>" in picture
    assert HOSTILE in repr(ws.regions)


def test_long_tables_show_their_beginning(ws: Workspace) -> None:
    for i in range(53):
        ws.add_regions(sites(1000 + i), assembly="mm9", name=f"set {i:02}")
    picture = ws.regions._repr_html_()
    assert "set 49" in picture
    assert "set 50" not in picture
    assert "and 3 more" in picture
    assert "and 3 more" in repr(ws.regions)
    assert len(ws.regions.to_frame()) == 53
    assert "nothing here yet" in ws.features._repr_html_() + repr(ws.features)


def test_a_name_of_both_families_is_found_in_each(ws: Workspace, demo_data: Path) -> None:
    ws.add_regions(sites(100), assembly="mm9", name="CTCF")
    track = demo_data / "derived_CTCF_site_count_10kb.bw"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DatasetNotice)
        ws.add_feature(track, assembly="mm9", name="CTCF")
    assert ws.regions["CTCF"].kind == "regions"
    assert ws.features["CTCF"].kind == "signal_track"
    with pytest.raises(AmbiguousName):
        ws.dataset("CTCF")


def test_rename_describe_annotate(ws: Workspace, enter: Enter) -> None:
    record = ws.add_regions(sites(100), assembly="mm9", name="old")
    marks = ws.add_collection("marks", [record])
    saved = ws.save_session("figure", ws.compare(record))
    assert ws.rename("old", "new").name == "new"
    assert ws.rename(marks, "groups").members[0].name == "new"
    assert ws.rename(saved, "figure 2").name == "figure 2"
    own = ws.add_assembly("own", chromsizes={"chr1": 1000})
    assert ws.rename(own, "mine").name == "mine"
    assert ws.describe("new", "words").description == "words"
    assert ws.describe(ws.collections["groups"], "words").description == "words"
    assert ws.describe(ws.sessions["figure 2"], "words").description == "words"
    with pytest.raises(InputError, match="no description"):
        ws.describe(own, "words")
    assert dict(ws.describe("new", protein="CTCF", replicate=1).metadata) == {
        "protein": "CTCF", "replicate": 1,
    }  # fmt: skip
    assert dict(ws.describe("new", lab="Rao", replicate=None).metadata) == {
        "protein": "CTCF", "lab": "Rao",
    }  # fmt: skip
    with pytest.raises(InputError, match="nothing that the catalog keeps"):
        ws.rename(3.5, "x")  # type: ignore[call-overload]
    ws.publish("new")
    with pytest.raises(NotAllowed, match="only its owner"):
        enter("bob").rename(ws.regions["new"].id, "stolen")


def test_suggestions_grow_with_what_is_used(ws: Workspace) -> None:
    ws.add_regions(sites(100), assembly="mm9", name="a", metadata={"protein": "Smc3"})
    offered = ws.suggestions("regions")
    assert offered["protein"] == ["Smc3"]
    assert "ChIP-seq" in offered["method"]
    assert "normalization" in ws.suggestions("signal_track")
    with pytest.raises(InputError, match="not a kind"):
        ws.suggestions("peaks")  # type: ignore[arg-type]


def test_publish_and_hide(ws: Workspace, enter: Enter) -> None:
    ws.add_regions(sites(100), assembly="mm9", name="a")
    bob = enter("bob")
    with pytest.raises(NotFound):
        bob.dataset(f"{ws.user}/a")
    assert ws.publish("a").public
    assert bob.dataset(f"{ws.user}/a").owner == ws.user
    assert not ws.publish("a", public=False).public
    with pytest.raises(NotFound):
        bob.dataset(f"{ws.user}/a")
    with pytest.raises(InputError, match="everybody sees assemblies"):
        ws.publish(ws.assemblies["mm9"])


def test_a_closed_file_is_published_as_a_copy(ws: Workspace, tmp_path: Path) -> None:
    bed = tmp_path / "closed.bed"
    bed.write_text("chr1\t100\t200\n")
    bed.chmod(0o600)
    record = ws.add_regions(bed, assembly="mm9")
    with pytest.raises(InputError, match="managed=True"):
        ws.publish(record)
    if ws._store.shared:
        with pytest.raises(InputError, match="managed=True"):
            ws.add_regions(bed, assembly="mm9", name="b", public=True)
    shown = ws.publish(record, managed=True)
    assert (shown.public, shown.managed, shown.id) == (True, True, record.id)
    assert Path(shown.path).read_text() == bed.read_text()
    assert shown.fingerprint == record.fingerprint
    assert sound(ws)


def test_collections_can_be_edited(ws: Workspace, enter: Enter) -> None:
    a, b, c = (
        ws.add_regions(sites(100 + i), assembly="mm9", name=name)
        for i, name in enumerate("abc")
    )
    marks = ws.add_collection("marks", [a, b])

    def members(**change) -> list[str]:
        edited = ws.edit_collection("marks", **change)
        return [one.name for one in edited.members]

    assert members(add=["c"]) == ["a", "b", "c"]
    assert members(members=[c, "a", b.id]) == ["c", "a", "b"]
    assert members(remove=[a], add=[a]) == ["c", "b", "a"]
    with pytest.raises(InputError, match="has no member"):
        ws.edit_collection(marks, remove=[ws.add_regions(sites(1), assembly="mm9", name="d")])
    with pytest.raises(InputError, match="at least one member"):
        ws.edit_collection(marks, members=[])
    ws.publish(marks)
    with pytest.raises(NotAllowed):
        enter("bob").edit_collection(marks.id, remove=[a.id])


def test_a_deleted_member_shows_and_can_be_taken_out(ws: Workspace, enter: Enter) -> None:
    bob = enter("bob")
    theirs = bob.add_regions(sites(100), assembly="mm9", name="theirs", public=True)
    mine = ws.add_regions(sites(200), assembly="mm9", name="mine")
    ws.add_collection("both", [theirs.id, mine])
    with pytest.warns(DatasetNotice, match="1 thing of other people used this"):
        done = bob.delete(theirs)
    assert done.tombstone
    both = ws.collections["both"]
    assert [(one.name, one.deleted) for one in both.members] == [
        ("theirs", True), ("mine", False),
    ]  # fmt: skip
    assert "deleted" in both._repr_html_()
    assert [one.name for one in ws.edit_collection("both", remove=[theirs.id]).members] == [
        "mine"
    ]
    assert sound(ws)
    check_catalog(bob._catalog, bob._store, repair=True, settled_seconds=0)
    assert sound(bob)


def test_deleting_takes_files_and_results_along(ws: Workspace, demo_data: Path) -> None:
    peaks = ws.add_regions(sites(5_000_000, 6_000_000), assembly="mm9", name="peaks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DatasetNotice)
        track = ws.add_feature(
            demo_data / "derived_CTCF_site_count_10kb.bw", assembly="mm9", name="track"
        )
    stack = ws.stackup(peaks, track, flank=100_000, binsize=10_000)
    assert stack.shape == (2, 20)
    ws.annotate(peaks, {"score": [1.0, 2.0]})
    ws.add_collection("sets", [peaks])
    saved = ws.save_session("figure", ws.compare(peaks))
    with pytest.raises(NotAllowed, match="collection 'sets' and your session 'figure'"):
        ws.delete("peaks")
    assert ws.usage("peaks").annotations == 1
    done = ws.delete("peaks", cascade=True)
    assert {kind for kind, _ in done.deleted} == {"collection", "session"}
    assert not Path(peaks.path).parent.exists()
    assert Path(track.path).is_file()
    assert list(ws.regions) == []
    assert ws._catalog.results() == []
    with pytest.raises(NotFound):
        ws.open_session(saved.id)
    assert sound(ws)
    ws.delete(track)
    own = ws.add_assembly("own", chromsizes={"chr1": 1000})
    ws.delete(own)
    assert "own" not in ws.assemblies
    ws.add_regions(sites(100), assembly="mm9", name="again")
    with pytest.raises(NotAllowed, match="are on it"):
        ws.delete(ws.assemblies["mm9"])


def test_adding_again_leaves_no_older_copy(ws: Workspace, tmp_path: Path) -> None:
    first = ws.add_regions(sites(100), assembly="mm9", name="a")
    again = ws.add_regions(sites(100), assembly="mm9", name="a")
    assert (again.id, again.path != first.path) == (first.id, True)
    assert sound(ws)
    bed = tmp_path / "b.bed"
    bed.write_text("chr1\t100\t200\n")
    kept = ws.add_regions(bed, assembly="mm9", name="b", managed=True)
    assert ws.move(kept, bed).path == str(bed)
    assert sound(ws)
    with pytest.raises(InputError, match="other content"):
        ws.add_regions(sites(1, 2), assembly="mm9", name="a")
    assert sound(ws)


def test_only_own_managed_files_are_removed(ws: Workspace, tmp_path: Path) -> None:
    bed = tmp_path / "b.bed"
    bed.write_text("chr1\t100\t200\n")
    store = ws._store
    for path in (
        bed,
        store.folder / "files" / ".." / "files" / "x" / "y",
        store.root / "a/b/c",
    ):
        with pytest.raises(StoreError, match="not a managed file"):
            store.delete_managed(path)
    store.delete_managed(store.folder / "files" / "gone" / "x.bed")
    assert bed.is_file()


def test_menus_hold_so_many_and_yours_first(
    ws: Workspace, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MENU", 3)
    bob = enter("bob")
    for name in ("a", "b", "c"):
        bob.add_regions(sites(100), assembly="mm9", name=name, public=True)
    assert [one.name for one in ws.datasets_on("mm9", "regions")] == ["a", "b", "c"]
    ws.add_regions(sites(100), assembly="mm9", name="z")
    ws.add_regions(sites(200), assembly="mm9", name="Y")
    assert [one.name for one in ws.datasets_on("mm9", "regions")] == ["a", "Y", "z"]


def test_shares_name_what_they_show(ws: Workspace, enter: Enter) -> None:
    bob = enter("bob")
    record = ws.add_regions(sites(100), assembly="mm9", name="a")
    marks = ws.add_collection("marks", [record])
    ws.share(record, user=bob.user)
    ws.share(marks, user=bob.user)
    assert sorted(ws.shares.to_frame()["name"]) == ["a", "marks"]
    ws.rename(record, HOSTILE)
    assert "&lt;img" in ws.shares._repr_html_()
