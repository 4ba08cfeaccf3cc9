"""A board as plain data, code, page and figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from hicognition_widgets.views.page_plan import PageOptions, page_size

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board


class BoardExport(traitlets.HasTraits):
    """What a board can be turned into; mixed into :class:`Board`."""

    #: Traits that make up the board's settings, in the order of :attr:`settings`.
    kept: ClassVar[tuple[str, ...]] = ("link_flanks", "link_bins", "link_scales")

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the board itself that are not as they are by default."""
        return {
            name: value
            for name in self.kept
            if (value := getattr(self, name)) != self.traits()[name].default()
        }

    def _board(self) -> Board:
        return cast("Board", self)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the results of all comparisons come from; waits for them."""
        from hicognition_widgets.views.provenance import provenance

        return provenance(self._board())

    def methods(self) -> str:
        """Methods paragraphs of the comparisons, each once."""
        paragraphs = [comparison.methods() for comparison in self._board().comparisons]
        return "\n\n".join(dict.fromkeys(paragraphs))

    def to_code(self) -> str:
        """A short cell that rebuilds the comparisons and the board."""
        from hicognition_widgets.views.code import board_code

        return board_code(self._board())

    def to_html(self, path: str | Path, **options: Any) -> Path:
        """Write all comparisons as one page; options as in :meth:`Comparison.to_html`."""
        from hicognition_widgets.views.page import write_page

        return write_page(self._board(), Path(path), PageOptions(**options))

    def html_size(self, **options: Any) -> int:
        """About how many bytes :meth:`to_html` would write with these options."""
        return page_size(self._board(), PageOptions(**options))

    def save(self, path: str | Path, *, preset: str = "double") -> Path:
        """Write the views of all comparisons as one figure; see :meth:`Comparison.save`."""
        from hicognition_widgets.views.picture import write_figure

        return write_figure(self._board(), Path(path), preset=preset)

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, once all of it is ready; see :class:`BundledWidget`."""
        from hicognition_widgets.views.picture import saved_picture

        return saved_picture(self._board())
