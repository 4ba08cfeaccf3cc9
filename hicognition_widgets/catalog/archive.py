"""Taking a catalog along: one zip file with rows and files, merged into another catalog.

What is yours goes in: assemblies, datasets, annotations, collections, sessions and
results. Shares, groups and jobs stay behind, as they mean something only where they were
made. On import everything belongs to whoever imports it.
"""

from __future__ import annotations

from hicognition_widgets.catalog.archive_export import export_archive
from hicognition_widgets.catalog.archive_format import ArchiveReport, ArchiveStore
from hicognition_widgets.catalog.archive_import import Translate, import_archive

__all__ = ["ArchiveReport", "ArchiveStore", "Translate", "export_archive", "import_archive"]
