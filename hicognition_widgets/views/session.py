"""A session: one or more comparisons that are kept together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import NotFound
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.session_spec import checked_session, link_comparisons

if TYPE_CHECKING:
    from hicognition_widgets.catalog.records import SessionRecord
    from hicognition_widgets.views.host import Host


def board_settings(shown: Sequence[object]) -> dict[str, Any] | None:
    """Settings of the board that is to be kept; None if it is not one board alone."""
    (only,) = shown if len(shown) == 1 else (None,)
    board = only.board if isinstance(only, Session) else only
    return board.settings if isinstance(board, Board) else None


class Session(Sequence[Comparison]):
    """An opened session; as the last line of a cell it shows its comparisons.

    What you change here stays yours: saving writes a session of your own.

    Parameters
    ----------
    record : SessionRecord
        What the catalog knows about it.
    comparisons : sequence of Comparison
        In order.
    missing : sequence of str
        One sentence for each thing that could not be shown.
    board : Board, optional
        The board that the comparisons stand on.
    """

    def __init__(
        self,
        record: SessionRecord,
        comparisons: Sequence[Comparison],
        missing: Sequence[str] = (),
        board: Board | None = None,
    ) -> None:
        self.record = record
        self.comparisons = list(comparisons)
        self.missing = list(missing)
        self.board = board

    @classmethod
    def opened(cls, ws: Host, record: SessionRecord) -> Session:
        """Comparisons of a saved session; everything is asked for before anything is shown.

        Raises
        ------
        InputError
            If what was saved is not a session.
        """
        saved = checked_session(record.spec)
        shown: dict[int, Comparison] = {}
        missing: list[str] = []
        try:
            for i, spec in enumerate(saved.comparisons):
                try:
                    comparison = Comparison.from_spec(ws, spec)
                except NotFound as error:
                    title = spec.get("title") or f"comparison {i + 1}"
                    missing.append(f"{title}: {error}")
                    continue
                shown[i] = comparison
                if comparison.missing:
                    missing.append(comparison.missing)
            board = None
            if saved.board is not None and shown:
                board = Board(*shown.values(), **saved.board)
            link_comparisons(shown, saved.links)
            for comparison in shown.values():
                comparison.forget_steps()
        except BaseException:
            for comparison in shown.values():
                comparison.close()
            raise
        return cls(record, list(shown.values()), missing, board)

    @property
    def name(self) -> str:
        """Name of the session."""
        return self.record.name

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything is shown; see :meth:`Comparison.wait`."""
        for comparison in self.comparisons:
            comparison.wait(timeout)

    def close(self) -> None:
        """Close the comparisons and their board."""
        if self.board is not None:
            self.board.close()
        for comparison in self.comparisons:
            comparison.close()

    def __getitem__(self, index: Any) -> Any:
        return self.comparisons[index]

    def __len__(self) -> int:
        return len(self.comparisons)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def __repr__(self) -> str:
        n = len(self)
        gone = f", {len(self.missing)} missing" if self.missing else ""
        return f"<session {self.name!r}: {n} comparison{'' if n == 1 else 's'}{gone}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for sentence in self.missing:
            display({"text/plain": sentence}, raw=True)  # type: ignore[no-untyped-call]
        for widget in self.comparisons if self.board is None else [self.board]:
            display(widget)  # type: ignore[no-untyped-call]
