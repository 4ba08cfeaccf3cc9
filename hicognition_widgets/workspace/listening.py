"""Hearing of what others change in the catalog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hicognition_widgets.catalog.feed import Feed
from hicognition_widgets.views import delivery
from hicognition_widgets.workspace.base import Base


class Listening(Base):
    """The part of a workspace that stays up to date."""

    def on_change(self, callback: Callable[[int], object]) -> Feed:
        """Call `callback` after every change of the catalog, by anybody, within 2 s.

        In a notebook it is called on the kernel's loop, between cells; in a program
        without a running loop on the thread that updates views. It gets the catalog's
        version number and asks for itself what is new.

        Parameters
        ----------
        callback : callable
            Takes the version number.

        Returns
        -------
        Feed
            ``.stop()`` ends it; closing the workspace does too.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:

            def call(version: int) -> None:
                callback(version)

            return self._catalog.on_change(lambda version: delivery.post(call, version))

        def tell(version: int) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(callback, version)

        return self._catalog.on_change(tell)
