"""What a view asks for: the requests that its settings stand for, or what still lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.jobs import Request
from hicognition_widgets.views.host import DatasetKind, Host
from hicognition_widgets.views.settings import ViewSettings
from hicognition_widgets.views.spec import missing_sentence

_WORDS: dict[DatasetKind, str] = {
    "contact_map": "contact map",
    "signal_track": "signal track",
    "regions": "region set",
}


class Asking(ViewSettings):
    """Puts what the settings say into requests; part of :class:`View`."""

    def __init__(self, ws: Host | None) -> None:
        self._host = ws
        self._selected: npt.NDArray[np.int64] | None = None
        super().__init__()

    def _parameters(self) -> dict[str, Any]:
        """Parameters of the request beyond region set and feature."""
        parameters: dict[str, Any] = {"side": self.side or None}
        if self.averages and self._selected is not None:
            parameters["subset"] = self._subset()
        if self.mode == "interval":
            parameters["bin_percent"] = self.bin_percent
        else:
            parameters |= {"flank": self.flank, "binsize": self.binsize}
        return parameters

    def _missing(self) -> str:
        """What still has to be chosen, as a sentence; empty if nothing."""
        what = _WORDS[self.feature_kind]
        if self.regions is None:
            return "Choose a region set."
        if not self.features:
            return missing_sentence(self.lost.values()) or f"Choose a {what}."
        if self.mode == "point" and self.flank is None:
            return "Choose a flank."
        if self.mode == "point" and self.binsize is None:
            return (
                f"No bin size of this {what} divides ±{self.flank:,} bp; choose another flank."
            )
        return ""

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """One request per feature."""
        parameters = self._parameters()
        return [
            host.request(self.analysis, regions, [dataset], **parameters)
            for dataset in self.datasets
        ]

    def _sources(self) -> list[DatasetRecord]:
        """Datasets besides the region set that the picture is made from."""
        return self.datasets

    def _previews(self, _host: Host, _regions: DatasetRecord, /) -> list[Request]:
        """Requests whose quicker answer is shown until the real one is there."""
        return []

    def requests(self) -> list[Request]:
        """What the settings ask for, one request per result; empty while something lacks."""
        if self._host is None or self.regions is None or self._missing():
            return []
        return self._requests(self._host, self.regions)
