"""The comparison with reference screenshots tells what matters from what does not."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import difference
from PIL import Image, ImageDraw, ImageFont


def card(*, ground: str = "#fff", ink: str = "#222", text: str = "Hi-C control", dx: int = 0):
    picture = Image.new("RGB", (320, 320), ground)
    draw = ImageDraw.Draw(picture)
    field = np.add.outer(np.arange(220), np.arange(220)) / 438 * 255
    picture.paste(Image.fromarray(field.astype(np.uint8)).convert("RGB"), (60, 50))
    draw.text((20 + dx, 15), text, fill=ink, font=ImageFont.load_default(12))
    draw.line((60 + dx, 275, 280 + dx, 275), fill=ink)
    return np.asarray(picture)


def test_the_same_and_a_shift_by_a_pixel_pass():
    assert difference(card(), card()) == ""
    assert difference(card(dx=1), card()) == ""


@pytest.mark.parametrize(
    "other",
    [card(ground="#111", ink="#eee"), card()[:, :, [2, 1, 0]] // 3, card()[::-1]],
    ids=["dark theme", "other colours", "upside down"],
)
def test_what_a_person_would_see_fails(other):
    assert "looks different" in difference(other, card())


def test_another_size_fails():
    assert "pixels wide" in difference(card()[:, :280], card())
    assert difference(card()[:, :318], card()) == ""
