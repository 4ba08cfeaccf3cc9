"""Views whose one answer needs several features at once: tracks, or region sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.jobs import Request
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.traits import collection_json

COLLECTION = "collection:"
"""What stands before the number of a collection where features are chosen."""


class ManyFeatures(View):
    """One request for all chosen features together; a collection stands for its members."""

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set; collections are offered beside single features."""
        super().set_regions(regions)
        if regions is not None and self._host is not None:
            groups = self._host.collections_on(regions.assembly, self.feature_kind)
            self.feature_options = [
                *(collection_json(group, f"{COLLECTION}{group.id}") for group in groups),
                *self.feature_options,
            ]

    def _resolve(self, features: Any) -> list[str]:
        if isinstance(features, CollectionRecord | DatasetRecord | str | int):
            features = [features]
        found: list[str] = []
        for feature in features:
            if isinstance(feature, CollectionRecord):
                found += [str(member.id) for member in feature.members if not member.deleted]
            else:
                found += super()._resolve([feature])
        return list(dict.fromkeys(found))

    @traitlets.validate("features")
    def _expand(self, proposal: Any) -> list[str]:
        """A chosen collection becomes its members, in order."""
        found: list[str] = []
        for feature in proposal["value"]:
            if feature.startswith(COLLECTION) and self._host is not None:
                group = self._host.collection(int(feature.removeprefix(COLLECTION)))
                found += [str(member.id) for member in group.members if not member.deleted]
            else:
                found.append(feature)
        return list(dict.fromkeys(found))

    def _options(self) -> dict[str, Any]:
        """Options of the analysis itself."""
        return {}

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        return [self._request(host, regions, self._options())]

    def _request(self, host: Host, regions: DatasetRecord, options: dict[str, Any]) -> Request:
        parameters: dict[str, Any] = self._parameters()
        if options:
            parameters["options"] = tuple(sorted(options.items()))
        return host.request(self.analysis, regions, self.datasets, **parameters)

    def _tracks(self, columns: Sequence[int] | None = None) -> list[dict[str, str]]:
        """Names of the features as the browser reads them."""
        datasets = self.datasets
        chosen = range(len(datasets)) if columns is None else columns
        return [{"id": str(datasets[i].id), "name": datasets[i].name} for i in chosen]
