from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.errors import DatasetNotice, InputError, NotFound


def test_columns_in_the_order_of_the_regions(ws, peaks):
    made = ws.annotate(peaks, {"height": [1.0, 2.0, None, 4.0], "state": ["A", "B", "A", "B"]})
    assert [one.kind for one in made] == ["number", "category"]
    table = ws.annotation_table(peaks)
    assert table["height"].tolist()[:2] == [1.0, 2.0]
    assert np.isnan(table["height"][2])
    assert table["state"].astype(str).tolist() == ["A", "B", "A", "B"]
    listed = ws.annotations(peaks)
    assert listed.set_index("name").loc["height", "missing"] == 1


def test_a_file_is_matched_by_its_keys(ws, peaks, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("peak,score\nd,4\nb,2\nz,9\n")
    with pytest.warns(DatasetNotice, match="1 rows of the table belong to no region, and 2"):
        ws.annotate(peaks, path, by={"peak": "name"})
    score = ws.annotation_table(peaks)["score"].to_numpy()
    np.testing.assert_array_equal(score, [np.nan, 2, np.nan, 4])


def test_a_bed_file_brings_its_further_columns(ws, peaks, tmp_path):
    path = tmp_path / "peaks.bed"
    path.write_text("".join(f"chr1\t{i}\t{i + 5}\tn{i}\t{i * 10}\t+\n" for i in range(4)))
    ws.annotate(peaks, path, columns=["score"])
    assert ws.annotation_table(peaks)["score"].tolist() == [0, 10, 20, 30]


def test_replacing_and_removing(ws, peaks):
    ws.annotate(peaks, pd.Series([1, 2, 3, 4], name="x"))
    with pytest.raises(InputError, match="replace=True"):
        ws.annotate(peaks, pd.Series([5, 6, 7, 8], name="x"))
    ws.annotate(peaks, pd.Series([5, 6, 7, 8], name="x"), replace=True)
    assert ws.annotation_table(peaks)["x"].tolist() == [5, 6, 7, 8]
    ws.remove_annotation(peaks, "x")
    assert ws.annotations(peaks).empty
    with pytest.raises(NotFound, match="of yours"):
        ws.remove_annotation(peaks, "x")


def test_what_does_not_fit_is_refused(ws, peaks):
    with pytest.raises(InputError, match="3 rows, but there are 4 regions"):
        ws.annotate(peaks, {"x": [1, 2, 3]})
    with pytest.raises(InputError, match="no column 'y'"):
        ws.annotate(peaks, {"x": [1, 2, 3, 4]}, columns=["y"])
    with pytest.raises(InputError, match="do not fit together"):
        ws.annotate(peaks, {"x": [1, 2, 3, 4], "y": [1]})
