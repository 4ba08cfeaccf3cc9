"""Where datasets come from: set, read, searched and shown."""

from __future__ import annotations

import pandas as pd
import pytest

from hicognition_widgets.errors import InputError, NotFound

FRAME = pd.DataFrame({"chrom": ["chr1"], "start": [10], "end": [20]})


def test_sources_are_set_when_adding(ws):
    added = ws.add_regions(
        FRAME,
        assembly="toy",
        name="peaks",
        repository="4dn",
        sample_id="4DNFI1",
        source_url="https://example.org/peaks.bed",
    )
    assert (added.repository, added.sample_id) == ("4dn", "4DNFI1")
    assert ws.regions["peaks"].source_url == "https://example.org/peaks.bed"
    assert not ws.regions["peaks"].metadata


def test_sources_are_described_and_taken_back(ws, peaks):
    found = ws.describe(peaks, repository="encode", sample_id="ENCFF1", protein="CTCF")
    assert (found.repository, found.sample_id) == ("encode", "ENCFF1")
    assert dict(found.metadata) == {"protein": "CTCF"}
    found = ws.describe(peaks, source_url="https://example.org/x", sample_id=None)
    assert (found.repository, found.sample_id) == ("encode", None)
    assert found.source_url == "https://example.org/x"
    with pytest.raises(NotFound, match="known are 4dn, encode"):
        ws.describe(peaks, repository="nowhere")
    with pytest.raises(InputError, match="a sample id has 129 characters"):
        ws.describe(peaks, sample_id="x" * 129)
    both = ws.add_collection("both", [peaks])
    with pytest.raises(InputError, match="only datasets have"):
        ws.describe(both, sample_id="x")


def test_sources_are_searched(ws, peaks):
    other = ws.select_regions(peaks, [0], name="part")
    ws.describe(peaks, repository="4dn", sample_id="4DNFI1")
    ws.describe(other, source_url="https://example.org/Part.bed")

    def names(*words, **where):
        page = ws.search(*words, **where)
        assert page.total == len(page)
        return [one.name for one in page]

    assert names("4dnfi1") == names("4DN") == ["peaks"]
    assert names("example.org part.bed") == ["part"]
    assert names(repository="4dn") == names(sample_id="4DNFI1") == ["peaks"]
    assert names(repository="4dn", sample_id="other") == names(repository="nowhere") == []


def test_sources_stand_in_tables(ws, peaks):
    assert "source" not in ws.regions._repr_html_()
    ws.describe(peaks, repository="4dn", sample_id="<b>4DNFI1</b>", source_url="https://e.org")
    for shown in (ws.regions._repr_html_(), ws.search()._repr_html_(), peaks._repr_html_()):
        assert "<b>4DN" not in shown
    assert "4dn &lt;b&gt;4DNFI1" in ws.regions._repr_html_()
    assert "4dn <b>4DNFI1</b>" in repr(ws.search())
    frame = ws.search().to_frame()
    assert frame.loc[0, ["repository", "sample_id", "source_url"]].tolist() == [
        "4dn",
        "<b>4DNFI1</b>",
        "https://e.org",
    ]
    facts = ws.regions["peaks"]._repr_html_()
    assert "https://e.org" in facts
    assert "4dn" in facts


def test_repositories_are_listed_and_added(ws, peaks):
    assert list(ws.repositories) == ["4dn", "encode"]
    known = ws.repositories["encode"]
    assert known.sample_address("ENC/1") == "https://www.encodeproject.org/files/ENC%2F1"
    added = ws.add_repository(
        "lab", url="https://lab.org/{href}", file_url="https://lab.org/s/{id}"
    )
    assert ws.repositories["lab"] == added
    again = ws.add_repository(
        "lab", url="https://lab.org/{href}", file_url="https://lab.org/t/{id}"
    )
    assert again.sample_address("7") == "https://lab.org/t/7"
    assert ws.describe(peaks, repository="lab").repository == "lab"
    assert "https://lab.org/t/{id}" in ws.repositories._repr_html_()
    assert "encodeproject" in repr(ws.repositories)
    with pytest.raises(NotFound, match="known are 4dn, encode, lab"):
        ws.repositories["geo"]


@pytest.mark.parametrize(
    "file_url",
    [
        "https://lab.org/",
        "https://lab.org/{href}",
        "javascript:{id}",
        "https://lab.org/{id",
        "/x/{id}",
        "https://[lab/{id}",
        "https://lab.org/{id}/{0}",
    ],
)
def test_addresses_without_their_place_holder_are_refused(ws, file_url):
    with pytest.raises(InputError, match="is not an address"):
        ws.add_repository("lab", url="https://lab.org/{href}", file_url=file_url)
    assert "lab" not in ws.repositories


def test_mappings_give_a_default_for_what_is_not_there(ws, other, peaks):
    assert ws.regions.get("peaks") == peaks
    assert ws.regions.get("nothing") is None
    assert ws.sessions.get("nothing", 7) == 7
    assert ws.repositories.get("geo") is None
    assert ws.repositories.get("4dn").name == "4dn"
