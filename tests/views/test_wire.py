import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.commands import Reply, answer
from hicognition_widgets.views.payload import encode, merge_reasons, result_key
from hicognition_widgets.views.tables import safe_stem


@pytest.mark.parametrize(
    ("given_type", "wire_type"),
    [("f8", "float32"), ("f4", "float32"), ("i8", "int32"), ("u1", "uint8"), ("?", "uint8")],
)
def test_arrays_are_narrowed_to_what_the_browser_reads(given_type, wire_type):
    array = np.array([[1, 0, 1]], dtype=given_type)
    wire = encode(array)
    assert wire["dtype"] == wire_type
    assert wire["shape"] == [1, 3]
    back = np.frombuffer(wire["data"], dtype=wire_type).reshape(wire["shape"])
    assert back.tolist() == array.tolist()


def test_big_endian_and_strided_arrays_arrive_in_order():
    array = np.arange(12, dtype=">f4").reshape(3, 4)[:, ::2]
    back = np.frombuffer(encode(array)["data"], dtype="<f4").reshape(3, 2)
    assert back.tolist() == array.tolist()


def test_empty_arrays_travel():
    assert bytes(encode(np.zeros((0, 5)))["data"]) == b""


def test_text_does_not_travel_as_an_array():
    with pytest.raises(TypeError, match="do not travel"):
        encode(np.array(["a"]))


def test_result_key_says_all_that_chooses_a_result():
    settings = {
        "kind": "pileup",
        "features": ["3"],
        "flank": 200_000,
        "binsize": 10_000,
        "normalization": "oe",
        "side": "",
    }
    assert result_key(settings) == (
        "pileup;features=3;flank=200000;bin=10000;normalization=oe;side=;sort=;asc="
    )
    interval = {"kind": "stackup", "features": ["1"], "bin_percent": 2.0, "sort_by": "region"}
    assert result_key(interval) == (
        "stackup;features=1;flank=;bin=2;normalization=;side=;sort=region;asc=0;track=;seed=;groups=;of="
    )
    ordered = {
        "sort_by": "annotation:a;b",
        "sort_track": "7",
        "group_by": "clusters:4,5",
        "group_clusters": 3,
        "group_binsize": 500,
    }
    assert result_key(interval | ordered).endswith(
        ";sort=annotation:a%3Bb;asc=0;track=7;seed=;groups=clusters:4,5;of=3,500"
    )
    random = result_key(interval | {"sort_by": "random", "sort_seed": 5})
    assert ";seed=5;" in random


def _command(**changes):
    return {"v": 1, "id": 7, "kind": "command", "name": "do", "args": {}} | changes


def test_a_command_is_always_answered():
    content, buffers = answer(_command(), {"do": lambda _: Reply({"x": 1}, (b"ab",))})
    assert content == {"v": 1, "id": 7, "ok": True, "payload": {"x": 1}}
    assert buffers == [b"ab"]


def test_a_refusal_carries_the_sentence():
    def refuse(_args):
        raise InputError("no such thing; choose another")

    content, _ = answer(_command(), {"do": refuse})
    assert content["ok"] is False
    assert content["error"]["message"] == "no such thing; choose another"


def test_an_unexpected_error_is_told_and_logged(caplog):
    def fail(_args):
        raise ZeroDivisionError("by zero")

    content, _ = answer(_command(), {"do": fail})
    assert content["error"]["code"] == "internal"
    assert "by zero" in content["error"]["message"]
    assert "the command do failed" in caplog.text


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (_command(v=2), "version"),
        (_command(name="rm"), "unknown"),
        (_command(name=["do"]), "unknown"),
        (_command(args=[1]), "unknown"),
    ],
)
def test_hostile_envelopes_are_refused(message, code):
    content, _ = answer(message, {"do": lambda _: None})
    assert content["error"]["code"] == code


@given(st.none() | st.text() | st.dictionaries(st.text(), st.integers()))
def test_what_is_not_a_command_is_not_answered(message):
    assert answer(message, {}) is None


def test_reasons_of_several_tracks_are_not_added_up():
    tracks = [{"reasons": {"x": 3, "y": 1}}, {"reasons": {"x": 5}}]
    assert merge_reasons(tracks) == {"x": 5, "y": 1}


@given(st.text())
def test_file_names_are_safe_whatever_the_name(text):
    stem = safe_stem("pileup", text)
    assert stem
    assert len(stem) <= 100
    assert not set(stem) & set('/\\:*?"<>|\0 \n')
    assert not stem.startswith(".")
