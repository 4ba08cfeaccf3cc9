"""Views that show something else beside what they are of: a second map, a second region set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import DatasetKind
from hicognition_widgets.views.spec import missing_sentence
from hicognition_widgets.views.traits import FeatureIds, feature_json


class Against(View):
    """A view with a second dataset in :attr:`versus`.

    Parameters
    ----------
    versus : dataset, name or id
        What is shown beside the feature, or in relation to it; empty for nothing.
    """

    #: Kinds of datasets that can be shown beside the feature.
    versus_kinds: ClassVar[tuple[DatasetKind, ...]] = ("regions",)
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, "versus")
    kept: ClassVar[tuple[str, ...]] = (*View.kept, "versus")
    refers: ClassVar[tuple[str, ...]] = (*View.refers, "versus")

    versus = FeatureIds(maxlen=1).tag(sync=True)
    versus_options = traitlets.List[Any]().tag(sync=True)

    @traitlets.validate("versus")
    def _as_numbers(self, proposal: Mapping[str, Any]) -> list[str]:
        """Names become numbers; numbers stay, so that what is gone can say so."""
        host = self._host
        return [
            item if item.isdecimal() or host is None else str(host.dataset(item).id)
            for item in proposal["value"]
        ]

    def _follow_settings(self, change: Mapping[str, Any]) -> None:
        if change["name"] == "versus":
            self._update_choices()
        super()._follow_settings(change)

    @property
    def other(self) -> DatasetRecord | None:
        """The second dataset, or None."""
        if self._host is None or not self.versus or "versus" in self.lost_by:
            return None
        return self._host.dataset(int(self.versus[0]))

    def _sources(self) -> list[DatasetRecord]:
        other = self.other
        return super()._sources() + ([] if other is None else [other])

    def _missing(self) -> str:
        gone = self.lost_by.get("versus")
        return missing_sentence(gone.values()) if gone else super()._missing()

    def _update_choices(self) -> None:
        """What can stand beside the feature follows from the region set and the feature."""
        regions, host = self.regions, self._host
        if host is not None and regions is not None:
            options = [
                record
                for kind in self.versus_kinds
                for record in host.datasets_on(regions.assembly, kind)
                if self._fits(record, regions)
            ]
            with self.one_message():
                self.versus_options = [_option(record) for record in options]
                known = {str(record.id) for record in options}
                if self.versus and self.versus[0] not in known and self._misfit(regions):
                    self.versus = []
        super()._update_choices()

    def _misfit(self, regions: DatasetRecord) -> bool:
        """Whether the second dataset exists but cannot stand beside these."""
        other = self.other
        return other is not None and not self._fits(other, regions)

    def _fits(self, record: DatasetRecord, regions: DatasetRecord) -> bool:
        if record.kind != "regions":
            return str(record.id) not in self.features
        same = (record.dims, record.region_kind) == (regions.dims, regions.region_kind)
        return same and record.id != regions.id

    @property
    def file_stem(self) -> str:
        """Name for files made from this view."""
        other = self.other
        return super().file_stem if other is None else self._stem("vs", other.name)


def _option(record: DatasetRecord) -> dict[str, str]:
    detail = {} if record.kind != "regions" else {"detail": f"region set · {record.assembly}"}
    return feature_json(record) | detail
