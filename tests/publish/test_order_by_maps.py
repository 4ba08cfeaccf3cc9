"""Rows of a stackup in the order of their strength in a contact map."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

from hicognition_widgets import Comparison
from hicognition_widgets.analyses import expected_cis, region_scores, snippets
from hicognition_widgets.jobs.work import view_of

FLANK = 100_000


@pytest.mark.parametrize("name", ["loops", "sites"])
def test_rows_are_sorted_by_their_strength_in_a_map(ws, name):
    control = ws.features["control"]
    c = ws.compare(name, flank=FLANK)
    view = c.add("stackup", "CTCF")
    key = f"map:{control.id}"
    assert key in [option["id"] for option in view.sort_options]
    before = view.row_order().tolist()
    view.sort_by = key
    view.wait(120)
    found, scored = view.results
    assert "score" not in found.arrays
    binsize = scored.meta["binsize"]
    path = f"{control.path}::resolutions/{binsize}"
    regions = ws.regions[name]
    frame = ws.region_frame(regions)
    arms = view_of(
        ws.request("pileup", regions, [control], flank=FLANK, binsize=binsize).assembly
    )
    if name == "loops":
        around = snippets(
            path, frame, flank=FLANK, view_df=arms, expected_df=expected_cis(path, arms),
            normalization="oe",
        )  # fmt: skip
        k = around.shape[1] // 2
        part = around[:, k - 1 : k + 2, k - 1 : k + 2].reshape(len(around), 9).astype(float)
        values = np.ma.masked_invalid(part).mean(axis=1).filled(np.nan)
    else:
        table = region_scores(path, frame, flank=FLANK, kind="insulation", view_df=arms)
        values = table["insulation"].to_numpy()
    np.testing.assert_allclose(scored.arrays["score"], values, rtol=1e-4)
    assert np.isfinite(values).sum() > 20
    order = np.argsort(-np.nan_to_num(scored.arrays["score"], nan=-np.inf), kind="stable")
    assert view.row_order().tolist() == order.tolist() != before
    assert view.result["meta"]["n_rows"] == len(frame)

    spec = c.spec
    assert str(control.id) in spec["datasets"]
    again = Comparison.from_spec(ws, spec)
    again.wait(120)
    assert again.views[0].sort_by == key
    assert again.views[0].row_order().tolist() == order.tolist()
    view.sort_by = "input"
    view.wait(60)
    assert len(view.results) == 1


def test_intervals_are_sorted_as_domains(ws):
    control = ws.features["control"]
    frame = ws.region_frame(ws.regions["sites"]).iloc[:, :3].copy()
    frame["start"] -= 100_000
    frame["end"] += 100_000
    ws.add_regions(frame, assembly="mm9", name="domains", kind="interval")
    c = ws.compare("domains")
    view = c.add("stackup", "CTCF", sort_by=f"map:{control.id}", ascending=True)
    view.wait(120)
    score = np.asarray(view.results[1].arrays["score"], dtype=float)
    assert np.isfinite(score).sum() > 20
    shown = score[view.row_order()]
    known = shown[np.isfinite(shown)]
    assert (np.diff(known) >= 0).all()
    assert np.isnan(shown[len(known) :]).all()


def test_what_is_no_map_is_said(ws):
    c = ws.compare("sites", flank=FLANK)
    view = c.add("stackup", "CTCF")
    with pytest.raises(traitlets.TraitError, match="number of a contact map"):
        view.sort_by = "map:control"
    view.sort_by = f"map:{ws.features['E1'].id}"
    with pytest.raises(Exception, match="contact map"):
        view.wait(60)
