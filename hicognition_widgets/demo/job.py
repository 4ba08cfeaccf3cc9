"""The headless run: compute, look, write everything down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hicognition_widgets.demo.dataset import (
    CONTROL,
    CTCF_PLUS,
    CTCF_TRACK,
    INSULATION_CONTROL,
    INSULATION_KO,
    KNOCK_OUT,
    LOOPS,
    TADS,
    Demo,
)
from hicognition_widgets.jobs import Ask, Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.tables import safe_stem

BINSIZE = 10_000
FLANKS = (100_000, 200_000)


@dataclass(frozen=True)
class Question:
    """One result of the demo, by names."""

    analysis: str
    regions: str
    feature: str
    parameters: dict[str, Any]


def questions() -> Iterator[Question]:
    """Everything the demo computes."""
    for flank in FLANKS:
        size = {"flank": flank, "binsize": BINSIZE}
        for contact_map in (CONTROL, KNOCK_OUT):
            for normalization in ("oe", "balanced"):
                yield Question(
                    "pileup", LOOPS, contact_map, size | {"normalization": normalization}
                )
        for side in ("left", "right"):
            yield Question("profile", LOOPS, CTCF_TRACK, size | {"side": side})
        yield Question("stackup", LOOPS, CTCF_TRACK, size | {"side": "left"})
    for contact_map in (CONTROL, KNOCK_OUT):
        yield Question(
            "pileup", CTCF_PLUS, contact_map,
            {"flank": 200_000, "binsize": BINSIZE, "normalization": "oe"},
        )  # fmt: skip
        yield Question("pileup", TADS, contact_map, {"bin_percent": 2.0, "normalization": "oe"})
    for track in (INSULATION_CONTROL, INSULATION_KO):
        yield Question("profile", TADS, track, {"bin_percent": 2.0})
        yield Question("profile", CTCF_PLUS, track, {"flank": 400_000, "binsize": 20_000})


def compute(demo: Demo, say: Callable[[str], None]) -> list[tuple[Question, StoredResult]]:
    """Ask every question of the demo and wait for the answers."""
    workspace = demo.workspace
    asked = [(question, workspace.ask(_request(demo, question))) for question in questions()]
    answers = []
    for number, (question, ask) in enumerate(asked, start=1):
        result = _wait(ask)
        answers.append((question, result))
        say(
            f"{number}/{len(asked)} {question.analysis} of {question.feature} "
            f"at {question.regions}"
        )
    return answers


def _wait(ask: Ask) -> StoredResult:
    return ask.result()


def _request(demo: Demo, question: Question) -> Request:
    return demo.workspace.request(
        question.analysis,
        demo[question.regions],
        [demo[question.feature]],
        **question.parameters,
    )


def comparison(demo: Demo) -> Comparison:
    """Control beside knock-out at the loops: O/E, balanced, and CTCF at the anchors."""
    shown = demo.workspace.compare(demo[LOOPS], flank=200_000, columns=2)
    for normalization in ("oe", "balanced"):
        for contact_map in (CONTROL, KNOCK_OUT):
            shown.add("pileup", demo[contact_map], normalization=normalization, binsize=BINSIZE)
    shown.add("profile", [demo[CTCF_TRACK]], binsize=BINSIZE)
    shown.add("stackup", demo[CTCF_TRACK], binsize=BINSIZE)
    return shown


def run(demo: Demo, out: Path, say: Callable[[str], None]) -> None:
    """Compute everything and write page, figure, numbers and summary to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    answers = compute(demo, say)
    summary = [_write(question, result, out) for question, result in answers]
    shown = comparison(demo)
    try:
        shown.wait()
        shown.to_html(out / "comparison.html", flanks=[100_000])
        say("wrote comparison.html")
        for name in ("figure.png", "figure.svg"):
            shown.save(out / name)
            say(f"wrote {name}")
    finally:
        shown.close()
    text = json.dumps({"results": summary}, indent=2, ensure_ascii=False, allow_nan=False)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8")
    say(f"wrote summary.json: {len(summary)} results")


def _write(question: Question, result: StoredResult, out: Path) -> dict[str, Any]:
    parameters = {"flank": None, "binsize": None, "normalization": None} | question.parameters
    details = [str(value) for value in question.parameters.values()]
    stem = safe_stem(question.analysis, question.regions, question.feature, *details)
    main = {"pileup": "mean", "stackup": "rows", "profile": "mean"}[question.analysis]
    array = np.asarray(result.arrays[main])
    if question.analysis == "profile":
        columns = ("mean", "low", "high", "count")
        table = np.column_stack([result.arrays[name] for name in columns])
        file = out / f"{stem}.csv"
        np.savetxt(file, table, delimiter=",", header=",".join(columns), comments="")
    else:
        file = out / f"{stem}.npy"
        np.save(file, array, allow_pickle=False)
    return {
        "analysis": question.analysis,
        "region_set": question.regions,
        "feature": question.feature,
        "parameters": parameters,
        "file": file.name,
        "shape": list(array.shape),
        "n_used": result.meta["n_used"],
        "n_left_out": result.meta["n_left_out"],
        "reasons": result.meta["reasons"],
        "numbers": result.meta["numbers"],
    }
