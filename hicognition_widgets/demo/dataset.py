"""What the demo registers: mouse cells with and without cohesin, on mm9 chromosomes 1-5."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.errors import DatasetNotice, FileError
from hicognition_widgets.workspace import Workspace

DATA = Path(__file__).parent / "data"
CHECKSUMS = DATA / "SHA256SUMS"

CONTROL, KNOCK_OUT = "Hi-C Scc1 control", "Hi-C Scc1 KO"
LOOPS, TADS = "CH12 loops", "CH12 TADs"
CTCF_PLUS, CTCF_MINUS = "CTCF sites +", "CTCF sites −"
CTCF_TRACK = "CTCF sites per 10 kb"
INSULATION_CONTROL, INSULATION_KO = "Insulation Scc1 control", "Insulation Scc1 KO"
COMPARTMENTS = "Compartments (E1)"

_MAPS = {
    CONTROL: ("Scc1-control.chr1-5.mcool", "Hi-C of control cells"),
    KNOCK_OUT: ("Scc1-KO.chr1-5.mcool", "Hi-C of cells without the cohesin subunit Scc1"),
}
_TRACKS = {
    CTCF_TRACK: ("derived_CTCF_site_count_10kb.bw", "Number of CTCF sites in 10 kb bins"),
    INSULATION_CONTROL: (
        "derived_Scc1-control_insulation_250kb_at50kb.bw",
        "Insulation score, 250 kb window",
    ),
    INSULATION_KO: (
        "derived_Scc1-KO_insulation_250kb_at50kb.bw",
        "Insulation score, 250 kb window",
    ),
    COMPARTMENTS: ("derived_CN_E1_1Mb.bw", "First eigenvector at 1 Mb"),
}
_REGIONS: dict[str, tuple[str, Literal["point", "interval"], str]] = {
    LOOPS: ("CH12_loops_Rao.bedpe", "point", "Chromatin loops in CH12 cells"),
    TADS: ("CH12_TADs_Rao.bed", "interval", "Contact domains in CH12 cells"),
    CTCF_PLUS: ("Bonev_CTCF+.bed", "point", "CTCF sites on the plus strand"),
    CTCF_MINUS: ("Bonev_CTCF-.bed", "point", "CTCF sites on the minus strand"),
}
_COLLECTIONS = {
    "Signal at loops": (CTCF_TRACK, INSULATION_CONTROL, INSULATION_KO),
    "Sites and domains": (CTCF_PLUS, CTCF_MINUS, TADS),
}


@dataclass(frozen=True)
class Demo:
    """The demo's workspace and what is registered in it, by name."""

    workspace: Workspace
    datasets: dict[str, DatasetRecord]
    collections: dict[str, CollectionRecord]

    def __getitem__(self, name: str) -> DatasetRecord:
        return self.datasets[name]


def demo_folder() -> Path:
    """Where the demo keeps its catalog and store (``HICOGNITION_DEMO`` overrides)."""
    chosen = os.environ.get("HICOGNITION_DEMO")
    return Path(chosen) if chosen else user_data_path("hicognition") / "demo"


def open_demo(
    folder: str | Path | None = None,
    *,
    scheduler: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Demo:
    """Open the demo's workspace, registering what is not yet there.

    Parameters
    ----------
    folder : path, optional
        Where catalog and store are; by default a folder of its own in the user's data.
    scheduler : str, optional
        As for :class:`~hicognition_widgets.Workspace`.
    say : callable, optional
        Told what happens, one line each.

    Raises
    ------
    FileError
        If a file of the demo data is missing or damaged; names it.
    """
    check_data()
    root = demo_folder() if folder is None else Path(folder)
    workspace = Workspace(
        catalog=root / "catalog.sqlite", store=root / "store", scheduler=scheduler
    )
    try:
        with warnings.catch_warnings(record=True) as notices:
            warnings.simplefilter("always", DatasetNotice)
            demo = _register(workspace, say)
        for line in _summary([notice.message for notice in notices]):
            say(line)
        return demo
    except BaseException:
        workspace.close()
        raise


def _summary(notices: Sequence[object]) -> list[str]:
    """One line per finding, whatever number of datasets it is true of."""
    about: dict[str, list[str]] = {}
    for notice in notices:
        if isinstance(notice, DatasetNotice):
            about.setdefault(notice.sentence, []).append(notice.dataset)
    return [
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {sentence}"
        for sentence, names in about.items()
    ]


def check_data() -> None:
    """Compare every demo file with its checksum.

    Raises
    ------
    FileError
        Naming the first file that is missing or differs.
    """
    restore = "restore it with `git checkout -- .` in the source checkout"
    if not CHECKSUMS.is_file():
        raise FileError(
            DATA,
            "the demo data is not installed; "
            "run the demo from a source checkout of hicognition-widgets",
        )
    for line in CHECKSUMS.read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = DATA / name
        if not path.is_file():
            raise FileError(path, f"this file of the demo data is missing; {restore}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise FileError(path, f"this file of the demo data is damaged; {restore}")


def _register(workspace: Workspace, say: Callable[[str], None]) -> Demo:
    workspace.add_assembly("mm9")
    datasets = {
        name: _known(workspace, name, DATA / file)
        or workspace.add_feature(
            DATA / file, assembly="mm9", name=name, description=description
        )
        for name, (file, description) in (_MAPS | _TRACKS).items()
    }
    datasets |= {
        name: _known(workspace, name, DATA / file)
        or workspace.add_regions(
            DATA / file, assembly="mm9", name=name, kind=kind, description=description
        )
        for name, (file, kind, description) in _REGIONS.items()
    }
    collections = {}
    for name, members in _COLLECTIONS.items():
        collections[name] = (
            workspace.collections[name]
            if name in workspace.collections
            else workspace.add_collection(name, [datasets[member] for member in members])
        )
    say(f"registered {len(datasets)} datasets and {len(collections)} collections")
    return Demo(workspace, datasets, collections)


def _known(workspace: Workspace, name: str, path: Path) -> DatasetRecord | None:
    """The dataset of an earlier run, now at this path; the checkout may have moved."""
    if name not in workspace.regions and name not in workspace.features:
        return None
    record = workspace.dataset(name)
    return record if record.path == str(path) else workspace.move(record, path)
