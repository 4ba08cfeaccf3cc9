from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.errors import DatasetNotice, InputError, NotAllowed, NotFound

HOSTILE = "<img src=x onerror=alert(1)>"


def test_search_finds_by_words_kind_owner_and_metadata(ws, peaks):
    ws.describe(peaks, "summits of the peaks", protein="CTCF", replicate=2)
    assert [one.name for one in ws.search("summits ctcf")] == ["peaks"]
    assert [one.name for one in ws.search(metadata={"protein": "CTCF"})] == ["peaks"]
    assert not ws.search(metadata={"protein": "RAD21"})
    assert not ws.search(kind="contact_map")
    assert ws.search(owner="ann", assembly="toy").total == 1
    assert ws.search().to_frame().loc[0, "protein"] == "CTCF"


def test_a_page_says_what_it_is_of(ws, peaks):
    for number in range(3):
        ws.select_regions(peaks, [number], name=f"part {number}")
    page = ws.search(limit=2, offset=1)
    assert len(page) == 2
    assert "2 to 3 of 4" in repr(page)
    assert "2 to 3 of 4" in page._repr_html_()


def test_names_are_text_in_tables(ws, peaks):
    ws.rename(peaks, HOSTILE)
    for shown in (ws.search()._repr_html_(), ws.regions._repr_html_()):
        assert "<img" not in shown
        assert "&lt;img" in shown


def test_suggestions_grow_with_what_is_used(ws, peaks):
    ws.describe(peaks, protein="CTCF")
    assert "CTCF" in ws.suggestions("regions")["protein"]
    assert "ChIP-seq" in ws.suggestions("signal_track")["method"]


def test_renaming_and_describing_reach_every_kind(ws, peaks):
    both = ws.add_collection("both", [peaks])
    assert ws.rename(both, "all").name == "all"
    assert ws.describe(both, "everything").description == "everything"
    with pytest.raises(InputError, match="only datasets have metadata"):
        ws.describe(both, protein="CTCF")


def test_what_others_own_does_not_change(ws, other, peaks):
    ws.publish(peaks)
    theirs = other.regions["ann/peaks"]
    for change in (
        lambda: other.rename(theirs, "mine"),
        lambda: other.publish(theirs, public=False),
        lambda: other.delete(theirs),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert ws.regions["peaks"].public


def test_a_file_that_others_cannot_read_is_not_published(ws, tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    path = closed / "own.bed"
    path.write_text("chr1\t1\t5\n")
    record = ws.add_regions(path, assembly="toy")
    with pytest.raises(InputError, match="managed=True"):
        ws.publish(record)
    assert not ws.regions["own"].public
    published = ws.publish(record, managed=True)
    assert published.public
    assert published.managed
    assert Path(published.path).is_relative_to(tmp_path / "store")
    assert path.exists()


def test_deleting_leaves_no_file_and_no_source_is_touched(ws, tmp_path: Path, peaks):
    copy = Path(peaks.path)
    assert copy.exists()
    source = tmp_path / "source.bed"
    source.write_text("chr1\t1\t5\n")
    kept = ws.add_regions(source, assembly="toy")
    ws.delete(peaks)
    ws.delete(kept)
    assert not copy.parent.exists()
    assert source.exists()
    assert len(ws.regions) == 0


def test_own_collections_hold_a_dataset_until_cascade(ws, peaks):
    part = ws.select_regions(peaks, [0], name="part")
    ws.add_collection("both", [peaks, part])
    with pytest.raises(NotAllowed, match="both"):
        ws.delete(part)
    gone = ws.delete(part, cascade=True)
    assert not gone.tombstone
    assert [one.name for one in ws.collections["both"].members] == ["peaks"]


def test_what_others_use_leaves_its_name(ws, other, peaks):
    ws.publish(peaks, managed=True)
    other.add_collection("theirs", ["ann/peaks"])
    with pytest.warns(DatasetNotice, match="1 thing of other people"):
        assert ws.delete(peaks).tombstone
    member = other.collections["theirs"].members[0]
    assert member.deleted
    assert member.name == "peaks"
    edited = other.add_regions(
        pd.DataFrame({"chrom": ["chr1"], "start": [1], "end": [2]}), assembly="toy", name="new"
    )
    left = other.edit_collection(other.collections["theirs"], add=[edited], remove=["peaks"])
    assert [one.name for one in left.members] == ["new"]


def test_members_are_ordered_added_and_removed(ws, peaks):
    parts = [ws.select_regions(peaks, [i], name=f"p{i}") for i in range(3)]
    group = ws.add_collection("group", parts)
    group = ws.edit_collection(group, [parts[2], parts[0]])
    assert [one.name for one in group.members] == ["p2", "p0"]
    group = ws.edit_collection(group, add=["p1", "p0"], remove=["p2"])
    assert [one.name for one in group.members] == ["p0", "p1"]
    with pytest.raises(InputError, match="no member"):
        ws.edit_collection(group, remove=["p2"])


def test_mappings_page_through_everything(ws, peaks, monkeypatch):
    from hicognition_widgets import mappings

    for number in range(4):
        ws.select_regions(peaks, [0, number % 4], name=f"part {number}")
    monkeypatch.setattr(mappings, "_PAGE", 2)
    assert len(list(ws.regions)) == len(ws.regions) == 5
    assert len(ws.regions.to_frame()) == 5
    with pytest.raises(NotFound):
        ws.regions["nothing"]
