"""Who owns which data, which results exist, and who may see what.

In: names, paths, fingerprints, small results, questions.
Out: frozen records. Never reads a genomic file, never computes, and never hands out a
row that is tied to a database session.
"""

from hicognition_widgets.catalog.catalog import Catalog
from hicognition_widgets.catalog.deletion_records import Deletion, Usage
from hicognition_widgets.catalog.job_records import JobRecord, TaskChange, TaskRecord
from hicognition_widgets.catalog.records import (
    AnnotationRecord,
    AssemblyRecord,
    CollectionRecord,
    DatasetRecord,
    RepositoryRecord,
    ResultRecord,
    SessionRecord,
)
from hicognition_widgets.catalog.revisions import upgrade_catalog
from hicognition_widgets.catalog.share_records import GroupRecord, ShareRecord, UserRecord

__all__ = [
    "AnnotationRecord",
    "AssemblyRecord",
    "Catalog",
    "CollectionRecord",
    "DatasetRecord",
    "Deletion",
    "GroupRecord",
    "JobRecord",
    "RepositoryRecord",
    "ResultRecord",
    "SessionRecord",
    "ShareRecord",
    "TaskChange",
    "TaskRecord",
    "Usage",
    "UserRecord",
    "upgrade_catalog",
]
