"""A comparison as code, page, figure and files of regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from hicognition_widgets.views.grid import Grid

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


class ComparisonExport(Grid):
    """What a comparison can be turned into; part of :class:`Comparison`."""

    def _comparison(self) -> Comparison:
        return cast("Comparison", self)

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions, when and by whom for every view; waits for them."""
        from hicognition_widgets.views.provenance import provenance

        return provenance(self._comparison())

    def methods(self) -> str:
        """A methods paragraph for a paper, with the references of what was used."""
        from hicognition_widgets.views.methods import methods

        return methods(self._comparison())

    def to_code(self) -> str:
        """A short cell that rebuilds this comparison from a workspace ``ws``."""
        from hicognition_widgets.views.code import comparison_code

        return comparison_code(self._comparison())

    def to_html(
        self,
        path: str | Path,
        *,
        flanks: Sequence[int] = (),
        bins: Literal["shown", "all"] = "shown",
        normalizations: Sequence[str] = ("oe", "balanced"),
        rows: bool = False,
        quantise: bool = False,
        selections: Mapping[str, Any] | None = None,
    ) -> Path:
        """Write a page that stays alive without a kernel or a network.

        Parameters
        ----------
        path : str or Path
            File to write.
        flanks : sequence of int
            Further flanks in bp to embed besides the current one.
        bins : {"shown", "all"}
            Embed the bin sizes that are shown, or all usual ones.
        normalizations : sequence of str
            Of contact maps; the one shown is always there.
        rows : bool
            Embed the signal of every region: all sort orders of stackups, and averages
            over selections made in the page.
        quantise : bool
            Half the size: values in 16 bit codes, about four digits.
        selections : mapping of str to int array or bool array, optional
            Named selections of regions to choose from in the page: row numbers, or a mask;
            by default those that are kept. What is selected now goes along.
        """
        from hicognition_widgets.views.page import write_page
        from hicognition_widgets.views.page_plan import PageOptions

        options = PageOptions(
            flanks,
            bins,
            normalizations,
            rows,
            quantise,
            selections,
        )
        return write_page(self._comparison(), Path(path), options)

    def html_size(self, **options: Any) -> int:
        """About how many bytes :meth:`to_html` would write with these options."""
        from hicognition_widgets.views.page_plan import PageOptions, page_size

        return page_size(self._comparison(), PageOptions(**options))

    def save_regions(
        self, path: str | Path, *, rows: Any | None = None, **labels: Any
    ) -> list[Path]:
        """Write the regions as BED or BEDPE, with labels, and their origin beside them.

        Clusters that embeddings show are labels by themselves: ``cluster``, or ``cluster_1``,
        ``cluster_2``, … in the order of the embeddings.

        Parameters
        ----------
        path : str or Path
            ``.bed``, ``.bedpe`` or ``.csv``, also ``.gz`` of the first two. The origin goes
            to the same name with ``.json`` added.
        rows : int array or bool array, optional
            Which regions; all by default.
        **labels
            Further columns of one value per region of the set: ``height=values``.

        Returns
        -------
        list of Path
            The file and its JSON.
        """
        from hicognition_widgets.views.region_files import save_regions

        return save_regions(self._comparison(), Path(path), rows, labels)

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, once all of it is ready; see :class:`BundledWidget`."""
        from hicognition_widgets.views.picture import saved_picture

        return saved_picture(self._comparison())

    def save(self, path: str | Path, *, preset: str = "double") -> Path:
        """Write a figure; the ending chooses PNG, SVG or PDF."""
        from hicognition_widgets.views.picture import write_figure

        return write_figure(self._comparison(), Path(path), preset=preset)
