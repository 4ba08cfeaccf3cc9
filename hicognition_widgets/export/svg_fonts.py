"""The fonts of an SVG inside it, reduced to the letters it uses; its texts stay texts."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Sequence

_TEXT = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_STYLE = re.compile(r'(<text\b[^>]*?style=")([^"]*)(")')
_TAG = re.compile(r"<[^>]*>")
_WEIGHTS = {"normal": 400, "bold": 700}


def with_fonts(svg: str, families: Sequence[str]) -> str:
    """The SVG with the fonts that its texts were laid out in.

    Parameters
    ----------
    svg : str
        As matplotlib writes it with ``svg.fonttype: none``.
    families : sequence of str
        Font families in the order of preference; the first that is installed is embedded.
    """
    letters = {"normal": set[str](), "bold": set[str]()}
    for attributes, content in _TEXT.findall(svg):
        weight = "bold" if re.search(r"\b(?:bold|700)\b", attributes) else "normal"
        letters[weight] |= set(html.unescape(_TAG.sub("", content)))
    faces = [
        _face(families, weight, "".join(sorted(used)))
        for weight, used in letters.items()
        if used
    ]
    if not faces:
        return svg
    own = f"'{_FAMILY}', '{families[0]}'"
    svg = _STYLE.sub(
        lambda m: m[1] + m[2].replace(f"'{families[0]}'", own, 1) + m[3],
        svg,
    )
    style = f'<style type="text/css">{"".join(faces)}</style>\n'
    at = svg.index("<defs>") if "<defs>" in svg else svg.index(">", svg.index("<svg")) + 1
    return f"{svg[:at]}{style}{svg[at:]}"


_FAMILY = "hicognition figure"


def _face(families: Sequence[str], weight: str, letters: str) -> str:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from matplotlib.font_manager import FontProperties, findfont

    path = findfont(FontProperties(family=list(families), weight=weight))
    options = Options()
    options.name_IDs = [0, 1, 2, 13, 14]  # copyright, names and licence stay with the font
    options.notdef_outline = True
    options.layout_features = []
    options.drop_tables += ["FFTM"]
    buffer = io.BytesIO()
    with TTFont(path, fontNumber=0, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f"@font-face{{font-family:'{_FAMILY}';font-weight:{_WEIGHTS[weight]};"
        f"src:url(data:font/woff;base64,{data}) format('woff')}}"
    )
