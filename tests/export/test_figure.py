from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.export import display
from hicognition_widgets.export.figure import comparison_figure, write_figure
from hicognition_widgets.export.figure_layout import PRESETS
from hicognition_widgets.export.panels import (
    Panel,
    axis_ticks,
    caption,
    lines_of,
    scale_bar,
    y_limits,
)

SVG = "{http://www.w3.org/2000/svg}"
MAP_AXIS = {"mode": "point", "flank": [50_000, 50_000], "binsize": 10_000, "size": 11}
BIN_AXIS = MAP_AXIS | {"size": 10}
META = {"n_used": 1013, "n_left_out": 31, "axis": BIN_AXIS}


def _matrix() -> npt.NDArray[np.float64]:
    matrix = np.random.default_rng(3).lognormal(size=(11, 11))
    matrix[2, 3] = np.nan
    return matrix


def _pileup(**changes: object) -> Panel:
    panel = Panel(
        kind="pileup",
        title="Hi-C $control$ & <KO>",
        meta=META | {"axis": MAP_AXIS},
        arrays={"mean": _matrix()},
        normalization="oe",
        scale="log2",
        symmetric=True,
    )
    return replace(panel, **changes)


def _profile(tracks: int = 2, **changes: object) -> Panel:
    mean = np.linspace(0, 1, 10) + np.arange(tracks)[:, None]
    mean[0, 4] = np.nan
    panel = Panel(
        kind="profile",
        title="CTCF",
        meta=META | {"tracks": [{"name": f"track {i}"} for i in range(tracks)]},
        arrays={"mean": mean, "low": mean - 0.1, "high": mean + 0.1},
    )
    return replace(panel, **changes)


def _stackup(rows: int = 6) -> Panel:
    image = np.random.default_rng(1).random((rows, 10)).astype(np.float32)
    return Panel(
        kind="stackup",
        title="CTCF sites",
        meta=META | {"n_rows": rows},
        arrays={"image": image, "profile": image.mean(axis=0)},
    )


def _root(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())  # noqa: S314 - a file written here


def _texts(path: Path) -> list[str]:
    root = _root(path)
    return ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_pages_have_the_size_of_their_preset(tmp_path: Path, preset: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    panels = [_pileup(), _profile(), _stackup()]
    assert write_figure(panels, path, title="CH12 loops", preset=preset, dpi=100) == path
    width = PRESETS[preset].width
    if suffix == ".png":
        with Image.open(path) as image:
            assert abs(image.width - width / 25.4 * 100) <= 1
            if preset == "slide":
                assert abs(image.width / image.height - 16 / 9) < 0.01
    elif suffix == ".svg":
        found = _root(path).get("width", "")
        assert abs(float(found.removesuffix("pt")) - width / 25.4 * 72) < 0.1
    else:
        box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+)", path.read_bytes())
        assert box is not None
        assert abs(float(box[1]) - width / 25.4 * 72) < 0.1
    assert list(tmp_path.iterdir()) == [path]


def test_texts_stay_texts_and_say_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_figure([_pileup(), _profile()], path, title="CH12 loops", noun="pairs")
    texts = _texts(path)
    assert "Hi-C $control$ & <KO>" in texts
    assert {"a", "b", "log2 O/E", "track 0", "track 1", "mean signal"} <= set(texts)
    assert texts.count("−50\u2009kb") == 3
    (words,) = [text for text in texts if text.startswith("CH12")]
    assert words == (
        "CH12 loops: n = 1,013 of 1,044 pairs · ±50\u2009kb in bins of 10\u2009kb · "
        "mean with 95\u2009% confidence band"
    )
    styles = [node.get("style", "") for node in _root(path).iter(f"{SVG}text")]
    assert any("bold" in style or "700" in style for style in styles)


def _cells(path: Path) -> list[tuple[str, list[tuple[float, float]]]]:
    """Colour and corners of every filled rectangle, in the order they are painted."""
    found = []
    for node in _root(path).iter(f"{SVG}path"):
        fill = re.search(r"fill: (#[0-9a-f]{6})", node.get("style", ""))
        points = re.findall(r"[ML] ([\d.]+) ([\d.]+)", node.get("d", ""))
        if fill and len(points) in (4, 5) and "stroke: #" not in node.get("style", ""):
            found.append((fill[1], [(float(x), float(y)) for x, y in points]))
    return found


def test_vector_cells_have_the_colours_of_the_rules_and_no_seams(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_figure([_pileup()], path)
    values = display.to_display(_matrix(), "log2")
    lo, hi = display.limits(values, symmetric=True)
    rgba = display.colours(values, lo, hi, "coolwarm")
    wanted = []
    for row in rgba:
        new = np.append(True, (row[1:] != row[:-1]).any(axis=1))
        wanted += ["#{:02x}{:02x}{:02x}".format(*cell[:3]) for cell in row[new] if cell[3]]
    cells = _cells(path)
    start = next(
        i for i in range(len(cells)) if [c for c, _ in cells[i : i + len(wanted)]] == wanted
    )
    boxes = [
        (min(x for x, _ in p), min(y for _, y in p), max(x for x, _ in p), max(y for _, y in p))
        for _, p in cells[start : start + len(wanted)]
    ]
    step = boxes[1][0] - boxes[0][0]
    # each cell reaches under its neighbours on the right and below
    assert boxes[0][2] - boxes[0][0] == pytest.approx(2 * step, rel=1e-3)
    assert boxes[0][3] - boxes[0][1] == pytest.approx(2 * step, rel=1e-3)
    # but the last one ends with the plot
    assert boxes[-1][2] - boxes[-1][0] == pytest.approx(step, rel=1e-3)


def test_pixels_of_a_png_are_the_colours_of_the_rules(tmp_path: Path) -> None:
    panel = _pileup(arrays={"mean": np.where(np.isnan(_matrix()), 1.0, _matrix())})
    path = tmp_path / "a.png"
    write_figure([panel], path, preset="single", dpi=300)
    figure = comparison_figure([panel], preset="single")
    (axes,) = [axes for axes in figure.axes if axes.get_xlim() == (0, 11)]
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    x0, y0, wide, high = axes.get_position().bounds
    values = display.to_display(panel.arrays["mean"], "log2")
    lo, hi = display.limits(values, symmetric=True)
    expected = display.colours(values, lo, hi, "coolwarm")
    for row, column in np.ndindex(11, 11):
        x = (x0 + (column + 0.5) / 11 * wide) * pixels.shape[1]
        y = (1 - y0 - high + (row + 0.5) / 11 * high) * pixels.shape[0]
        assert pixels[int(y), int(x)].tolist() == expected[row, column, :3].tolist()


def test_missing_cells_are_hatched_never_white(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_figure([_pileup()], path)
    text = path.read_text()
    assert "<pattern" in text
    write_figure([_pileup(arrays={"mean": np.ones((11, 11))})], path)
    assert "<pattern" not in path.read_text()


def test_many_thin_rows_become_one_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_figure([_stackup(rows=2000)], path, preset="single")
    root = _root(path)
    (image,) = list(root.iter(f"{SVG}image"))
    assert "pixelated" in image.get("style", "")
    address = image.get("{http://www.w3.org/1999/xlink}href", "")
    content = base64.b64decode(address.split(",")[1])
    (tmp_path / "inside.png").write_bytes(content)
    with Image.open(tmp_path / "inside.png") as inside:
        assert inside.size == (10, 2000)
    assert path.stat().st_size < 400_000


def test_equal_input_gives_equal_files(tmp_path: Path) -> None:
    for suffix in (".svg", ".pdf", ".png"):
        contents = set()
        for name in "ab":
            path = write_figure([_pileup(), _profile()], tmp_path / f"{name}{suffix}", dpi=80)
            contents.add(path.read_bytes())
        assert len(contents) == 1


def test_embedded_fonts_in_pdf(tmp_path: Path) -> None:
    content = write_figure([_profile()], tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content


def test_a_view_without_result_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    empty = _pileup(arrays={}, meta={}, message="Choose a flank.")
    write_figure([empty, _profile()], path)
    assert "Choose a flank." in _texts(path)


def test_limits_and_map_a_person_set_are_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_figure([_pileup(vmin=-0.25, vmax=0.75, cmap="viridis")], path)
    texts = _texts(path)
    assert "−0.25" in texts
    assert "0.75" in texts
    assert {colour for colour, _ in _cells(path)} <= {
        *("#{:02x}{:02x}{:02x}".format(*c) for c in display.colour_table("viridis")),
        "#ffffff",
        "#f4f4f4",
    }


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("n", [2, 8])
def test_nothing_sticks_out_of_the_page(preset: str, n: int) -> None:
    panels = [_pileup(), _profile(), _stackup(), _pileup(scale="linear")] * 2
    figure = comparison_figure(panels[:n], title="A name " * 12, preset=preset)
    figure.canvas.draw()
    page = figure.bbox.padded(1)
    renderer = figure.canvas.get_renderer()
    texts = [
        t for axes in figure.axes for t in (*axes.get_xticklabels(), *axes.get_yticklabels())
    ]
    for text in [*figure.texts, *texts]:
        if text.get_text():
            box = text.get_window_extent(renderer)
            assert page.contains(box.x0, box.y0), text.get_text()
            assert page.contains(box.x1, box.y1), text.get_text()


@pytest.mark.parametrize("columns", [0, 3, 6])
@pytest.mark.parametrize("preset", PRESETS)
def test_labels_of_one_axis_do_not_overlap(preset: str, columns: int) -> None:
    panels = [_pileup(), _stackup(), _profile(), _pileup(), _profile(), _stackup()]
    figure = comparison_figure(panels, preset=preset, columns=columns)
    figure.canvas.draw()
    for axes in figure.axes:
        for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
            # the extent of a text has room for letters with tails, which numbers lack
            boxes = [
                label.get_window_extent().padded(-1) for label in labels if label.get_text()
            ]
            for i, box in enumerate(boxes):
                assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to draw"):
        write_figure([], tmp_path / "a.png")
    with pytest.raises(InputError, match=r"use .png, .svg or .pdf"):
        write_figure([_pileup()], tmp_path / "a.jpg")
    with pytest.raises(InputError, match="use single, double, slide"):
        write_figure([_pileup()], tmp_path / "a.png", preset="poster")
    with pytest.raises(InputError, match="columns"):
        comparison_figure([_pileup()], columns=-1)
    with pytest.raises(InputError, match='"map" cannot be drawn'):
        replace(_pileup(), kind="map")
    with pytest.raises(FileError, match="choose another folder"):
        write_figure([_pileup()], tmp_path / "none" / "a.png")


def test_pyplot_is_not_touched(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from hicognition_widgets.export import figure, panels; "
        "assert 'matplotlib' not in sys.modules; "
        "p = panels.Panel(kind='pileup', title='x', message='no'); "
        "figure.write_figure([p], sys.argv[1]); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.png")], check=True)


def test_panel_from_a_views_traits() -> None:
    matrix = np.arange(4, dtype="<f4").reshape(2, 2)
    traits = {
        "kind": "pileup",
        "title": "",
        "features": ["7"],
        "feature_options": [{"id": "3", "name": "no"}, {"id": "7", "name": "Hi-C"}],
        "normalization": "oe",
        "scale": "log2",
        "symmetric": True,
        "vmin": None,
        "vmax": 2.0,
        "cmap": "",
        "flank": 5,
    }
    data = {"dtype": "float32", "shape": [2, 2], "data": memoryview(matrix.tobytes())}
    text = data | {"data": base64.b64encode(matrix.tobytes()).decode()}
    for wire in (data, text):
        panel = Panel.from_wire(traits, {"meta": {"n_used": 1}, "arrays": {"mean": wire}})
        assert (panel.title, panel.vmin, panel.vmax, panel.symmetric) == (
            "Hi-C",
            None,
            2.0,
            True,
        )
        np.testing.assert_array_equal(panel.arrays["mean"], matrix)
    assert not Panel.from_wire(traits, None).arrays


def test_ticks_of_points_and_intervals() -> None:
    def ticks(axis: dict[str, object], **how: bool) -> list[tuple[float, str]]:
        return [(round(t.at, 4), t.text) for t in axis_ticks(axis, **how)]

    assert ticks(MAP_AXIS, centred=True) == [
        (0.0455, "−50\u2009kb"),
        (0.5, "0"),
        (0.9545, "+50\u2009kb"),
    ]
    uneven = BIN_AXIS | {"flank": [20_000, 80_000]}
    assert ticks(uneven, centred=False) == [
        (0.0, "−20\u2009kb"),
        (0.2, "0"),
        (1.0, "+80\u2009kb"),
    ]
    interval = {"mode": "interval", "bin_percent": 5.0, "expansion": 0.2, "size": 28}
    assert ticks(interval, centred=True) == [(0.1429, "Start"), (0.8571, "End")]
    assert len(ticks(interval, centred=True, detailed=True)) == 3


def test_normalised_lines_span_0_to_1_and_limits_include_bands() -> None:
    lines = lines_of(_profile(normalized=True))
    for line in lines:
        assert (np.nanmin(line.mean), np.nanmax(line.mean)) == (0, 1)
        assert line.low is not None
    lo, hi = y_limits(lines, None, None)
    assert lo < -0.1 < 1.1 < hi
    assert y_limits(lines, 5.0, None) == (5.0, 5.5)
    assert y_limits(lines, None, -5.0) == (-5.5, -5.0)
    assert y_limits(lines, 2.0, 1.0) == (1.0, 2.0)
    assert lines_of(_profile(band="none"))[0].low is None
    assert len({(line.colour, line.dash) for line in lines_of(_profile(tracks=20))}) == 20


def test_caption_groups_panels_by_their_number_of_regions() -> None:
    panels = [_pileup(), _profile(meta=META | {"n_used": 5, "n_left_out": 0}), _stackup()]
    words = caption(panels, "abc", "", "regions")
    assert words.startswith("n = 1,013 of 1,044 (a, c), 5 (b) regions · ±50")


def test_the_fonts_of_an_svg_are_in_it(tmp_path: Path) -> None:
    path = write_figure([_pileup(), _profile()], tmp_path / "a.svg", title="Ωmega µ")
    text = path.read_text(encoding="utf-8")
    faces = re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\)", text)
    assert [weight for weight, _ in faces] == ["400", "700"]
    letters = {
        weight: set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
        for weight, data in faces
    }
    for node in _root(path).iter(f"{SVG}text"):
        style = node.get("style", "")
        assert "'hicognition figure', 'Arial'" in style
        used = {ord(letter) for letter in "".join(node.itertext())}
        weight = "700" if re.search(r"\b(bold|700)\b", style) else "400"
        assert used <= letters[weight] | {ord("\n")}
    assert len(text) < 600_000


def test_maps_have_a_scale_bar(tmp_path: Path) -> None:
    path = write_figure([_pileup()], tmp_path / "a.svg", preset="single")
    assert "20\u2009kb" in _texts(path)
    point = {"mode": "point", "binsize": 10_000}
    for size, length in ((41, 100_000), (11, 20_000), (21, 50_000), (401, 1_000_000)):
        found = scale_bar(point | {"size": size})
        assert found is not None
        assert found[0] * size * 10_000 == pytest.approx(length)
    assert scale_bar({"mode": "interval", "bin_percent": 2.0, "size": 70}) is None


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_names_of_hostile_characters_give_a_sound_figure(tmp_path: Path, form: str) -> None:
    name = "<img src=x onerror=alert(1)></script> bell\x07 \x1b[31m \u202egpj.exe\u2066 $x$"
    panels = [
        _pileup(title=name),
        _profile(meta=META | {"tracks": [{"name": name}, {"name": "b" * 10_000}]}),
    ]
    path = write_figure(panels, tmp_path / f"figure.{form}", title=name, origin={"by": name})
    assert path.stat().st_size > 1000
    if form == "svg":
        root = ET.parse(path).getroot()  # noqa: S314 - written by this test
        shown = " ".join(root.itertext())
        assert "<img src=x" in shown
        assert "\u202e" not in shown
        assert not {one.tag for one in root.iter()} & {f"{SVG}script", f"{SVG}foreignObject"}
