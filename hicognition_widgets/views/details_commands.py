"""What the browser asks about one region; every answer is made on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.views import choices
from hicognition_widgets.views.commands import Reply
from hicognition_widgets.views.details import (
    RegionDetails,
    Value,
    annotation_values,
    member_rows,
    region_details,
    track_parts,
)
from hicognition_widgets.views.higlass_view import higlass_installed, higlass_view
from hicognition_widgets.views.looking import Scene, other_columns

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

Make = Callable[[Scene, Mapping[str, Any]], Reply]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, thread_name_prefix="hicognition-details")


class Looker:
    """Answers what is asked about single regions of one comparison.

    A new question displaces an older one of its kind that is not yet begun: who presses
    "next" ten times wants to see the tenth.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._lock = threading.Lock()
        self._waiting: dict[str, Future[Reply]] = {}
        self._shown: Any = None

    def scene(self) -> Scene:
        """The comparison as it is now; raises InputError if it has no region set."""
        one = self._comparison
        return Scene.of(one.host, one.regions, one.flank, one.selection, one.views)

    def details(
        self,
        row: int,
        *,
        feature: DatasetRecord | str | int | None,
        bin_size: float | None,
        normalization: str | None,
        members: str | int,
    ) -> RegionDetails:
        """See :meth:`Comparison.details`."""
        scene = self.scene()
        record = None if feature is None else scene.host.dataset(feature)
        group = str(scene.host.collection(members).id) if members != "" else ""
        return region_details(
            scene,
            int(row),
            feature=record,
            bin_size=bin_size,
            normalization=normalization,
            members=group,
        )

    def ask(self, args: Mapping[str, Any]) -> Future[Reply]:
        """Begin to answer.

        Raises
        ------
        InputError
            If the question is none.
        """
        part = args.get("part")
        parts: dict[object, Make] = {
            "facts": facts,
            "map": snippet,
            "tracks": tracks,
            "members": members,
            "higlass": self._higlass,
        }
        make = parts.get(part)
        if make is None:
            raise InputError(f"there is no part {part!r} of the details of a region")
        scene = self.scene()
        with self._lock:
            older = self._waiting.get(str(part))
            if older is not None:
                older.cancel()
            future = _pool().submit(make, scene, dict(args))
            self._waiting[str(part)] = future
        return future

    def _higlass(self, scene: Scene, args: Mapping[str, Any]) -> Reply:
        """A HiGlass widget at the region, in place of the last one."""
        row = _row(scene, args)
        loci = scene.loci(scene.host.region_table(scene.regions), row)
        chosen = args.get("feature")
        record = None if not chosen else scene.host.dataset(int(str(chosen)))
        conf = higlass_view(loci, record, [track.record for track in scene.tracks()])
        widget = conf.widget()
        with self._lock:
            last, self._shown = self._shown, widget
        if last is not None:
            last.close()
        return Reply({"widget": f"anywidget:{widget.model_id}"})


def facts(scene: Scene, args: Mapping[str, Any]) -> Reply:
    """Which region it is, where it lies, what is known of it, and what can be chosen."""
    given = args.get("row")
    by = args.get("step", 0)
    if not isinstance(by, int) or abs(by) > 1_000_000_000:
        raise InputError("step is a number of regions")
    if given is None or by:
        row = scene.step(None if given is None else _row(scene, args), by)
    else:
        row = _row(scene, args)
    frame = scene.host.region_table(scene.regions)
    loci = scene.loci(frame, row)
    first = scene.first_choice(str(args.get("view_id", "")))
    chosen = None
    if first is not None:
        chosen = {"feature": str(first[0].id), "bin": first[1], "normalization": first[2]}
    return Reply(
        {
            "row": row,
            "place": scene.place_of(row),
            "total": scene.total,
            "selected": scene.selection is not None,
            "regions": str(scene.regions.id),
            "loci": [{"label": locus.label, "text": locus.text} for locus in loci],
            "links": [{"label": label, "url": url} for label, url in scene.links(loci).items()],
            "columns": list(other_columns(frame, row).items()),
            "annotations": [
                [name, _text(value)] for name, value in annotation_values(scene, row).items()
            ],
            "maps": [
                {
                    "id": str(record.id),
                    "name": record.name,
                    "bins": scene.bins(record),
                    "usual": scene.usual_bin(record),
                }
                for record in scene.maps()
            ],
            "choice": chosen,
            "sources": [{"id": k, "label": label} for k, label in scene.sources().items()],
            "tracks": len(scene.tracks()),
            "higlass": higlass_installed(),
        }
    )


def snippet(scene: Scene, args: Mapping[str, Any]) -> Reply:
    """The region's own contact map."""
    row = _row(scene, args)
    record = scene.host.dataset(int(str(args.get("feature"))))
    size = args.get("bin")
    if not isinstance(size, int | float):
        raise InputError("choose a bin size")
    request = scene.map_request(record, size, str(args.get("normalization")))
    closeup = scene.host.closeup(request, row)
    axis: dict[str, Any]
    if scene.flank is None:
        axis = _interval_axis(size, len(closeup.array))
    else:
        flank = scene.snippet_flank(size)
        axis = {
            "mode": "point",
            "flank": [flank, flank],
            "binsize": size,
            "size": len(closeup.array),
        }
    values = np.ascontiguousarray(closeup.array, dtype="<f4")
    return Reply(
        {"axis": axis, "reason": closeup.reason, "binsize": closeup.binsize},
        (values.tobytes(),),
    )


def tracks(scene: Scene, args: Mapping[str, Any]) -> Reply:
    """Signal of the comparison's tracks around the region, one after the other."""
    parts = track_parts(scene, _row(scene, args))
    shown = []
    for part in parts:
        size = len(part.signal)
        if scene.flank is None:
            axis = _interval_axis(part.track.bin_percent, size)
        else:
            axis = {
                "mode": "point",
                "flank": [scene.flank, scene.flank],
                "binsize": part.track.binsize,
                "size": size,
            }
        shown.append(
            {
                "name": part.track.record.name,
                "side": part.side or "",
                "problem": part.problem,
                "axis": axis,
            }
        )
    values = [np.ascontiguousarray(part.signal, dtype="<f4").tobytes() for part in parts]
    return Reply({"tracks": shown}, (b"".join(values),))


def members(scene: Scene, args: Mapping[str, Any]) -> Reply:
    """Region sets of a group that overlap the region or lie near it."""
    source = args.get("source")
    if not isinstance(source, str):
        raise InputError("choose a group of region sets")
    return Reply({"members": member_rows(scene, _row(scene, args), source)})


def _interval_axis(bin_percent: float | None, size: int) -> dict[str, Any]:
    return {
        "mode": "interval",
        "bin_percent": bin_percent,
        "expansion": choices.EXPANSION,
        "size": size,
    }


def _row(scene: Scene, args: Mapping[str, Any]) -> int:
    row = args.get("row")
    if not isinstance(row, int) or isinstance(row, bool):
        raise InputError("a region is chosen by its row number")
    return scene.check_row(row)


def _text(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.6g}"
