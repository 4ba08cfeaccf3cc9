"""Links between the views of a comparison or a board, from Python and from the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import sharing
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.givers import SHARED, Shared
from hicognition_widgets.views.sharing import Link
from hicognition_widgets.views.steps import one_step

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View


class Linking:
    """Mix-in of what holds views: lets some of them take from another."""

    def linkable(self) -> list[View]:
        """Views that can be linked to each other, in order."""
        raise NotImplementedError

    @property
    def links(self) -> list[Link]:
        """Who takes what from whom: ``(shared, donor, recipient)``."""
        return sharing.links_among(self.linkable())

    def link_scale(self, donor: View, *recipients: View) -> None:
        """Let views take limits, colours, log and normalization from another, for good.

        Parameters
        ----------
        donor : View
            Gives its scale. If it takes one itself, that one is given.
        *recipients : View
            Take it; all other views of the same unit if none is named.

        Raises
        ------
        InputError
            If units differ, a view has no scale, or there is nobody to take it.
        NotFound
            If a view is not part of this comparison or board.
        """
        self._link("scale", donor, recipients)

    def link_order(self, donor: View, *recipients: View) -> None:
        """Let stackups show their rows in the order of another; see :meth:`link_scale`."""
        self._link("order", donor, recipients)

    def unlink_scale(self, *recipients: View) -> None:
        """Let views go back to scales of their own; all of them if none is named."""
        self._unlink("scale", recipients)

    def unlink_order(self, *recipients: View) -> None:
        """Let stackups go back to orders of their own; all of them if none is named."""
        self._unlink("order", recipients)

    def _link(self, shared: Shared, donor: View, recipients: Sequence[View]) -> None:
        views = self.linkable()
        for view in (donor, *recipients):
            if view not in views:
                raise NotFound("that view is not part of what is shown here")
        source = donor.giver(shared) or donor
        chosen = list(recipients) or [
            view
            for view in views
            if view is not source and not sharing.why_not(shared, source, view)
        ]
        if not chosen:
            raise InputError("there is no other view that could take it")
        with one_step():
            if not recipients:
                # for all: groups that there were give way
                sharing.unlink(shared, [v for v in chosen if v.giver(shared) is not source])
                sharing.unlink(shared, [t for v in chosen for t in v.takers(shared)])
            sharing.link(shared, donor, chosen)

    def _unlink(self, shared: Shared, recipients: Sequence[View]) -> None:
        with one_step():
            sharing.unlink(shared, recipients or self.linkable())

    # -- from the browser --------------------------------------------------------------

    def _find_view(self, ref: object) -> View:
        for view in self.linkable():
            if ref in (f"anywidget:{view.model_id}", view.model_id):
                return view
        raise NotFound("that view is no longer shown here")

    def link_commands(self) -> dict[str, Command]:
        """What the browser can ask about links."""

        def shared_of(args: Mapping[str, Any]) -> Shared:
            if args.get("shared") not in SHARED:
                raise InputError(f"views share {' or '.join(SHARED)}")
            return cast("Shared", args["shared"])

        def donors(args: Mapping[str, Any]) -> Reply:
            recipient = self._find_view(args.get("view"))
            found = sharing.eligible(shared_of(args), recipient, self.linkable())
            return Reply({"refs": [f"anywidget:{view.model_id}" for view in found]})

        def link_view(args: Mapping[str, Any]) -> None:
            donor = self._find_view(args.get("donor"))
            self._link(shared_of(args), donor, [self._find_view(args.get("view"))])

        def link_all(args: Mapping[str, Any]) -> None:
            self._link(shared_of(args), self._find_view(args.get("view")), [])

        def unlink_view(args: Mapping[str, Any]) -> None:
            shared, view = shared_of(args), self._find_view(args.get("view"))
            self._unlink(shared, [view, *view.takers(shared)])

        return {
            "donors": donors,
            "link_view": link_view,
            "link_all": link_all,
            "unlink_view": unlink_view,
        }
