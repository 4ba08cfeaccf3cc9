"""Input files that change after they were registered."""

from __future__ import annotations

from hicognition_widgets import register
from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.workspace.base import Base, Ref


class Refreshing(Base):
    """The part of a workspace that notices changed files."""

    def file_changed(self, dataset: Ref) -> bool:
        """Whether a dataset's file is gone or holds something else than its record says."""
        record = dataset if isinstance(dataset, DatasetRecord) else self.dataset(dataset)
        return register.file_changed(record)

    def reread(self, dataset: Ref) -> DatasetRecord:
        """Take a dataset of yours as its file is now.

        Results of the old content stay in the catalog under their fingerprint, and new ones
        are computed when they are asked for.

        Raises
        ------
        FileError, GenomeMismatch
            If the file is gone or no longer what it was registered as.
        NotAllowed
            If the dataset is somebody else's.
        """
        return register.reread(self._catalog, self.dataset(dataset))
