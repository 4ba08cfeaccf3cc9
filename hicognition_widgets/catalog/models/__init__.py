"""The tables, one module per idea. Rows stay inside the catalog; records go out."""

from hicognition_widgets.catalog.models.base import Base, CatalogState, now
from hicognition_widgets.catalog.models.collections import Collection, CollectionMember
from hicognition_widgets.catalog.models.datasets import (
    Annotation,
    Dataset,
    DatasetMetadata,
    DatasetParent,
    Repository,
)
from hicognition_widgets.catalog.models.genomes import Arm, Assembly, Chromosome, Organism
from hicognition_widgets.catalog.models.jobs import Job, Task
from hicognition_widgets.catalog.models.people import (
    Group,
    GroupMember,
    Share,
    ShareOpening,
    User,
)
from hicognition_widgets.catalog.models.results import Result, ResultInput
from hicognition_widgets.catalog.models.sessions import (
    SavedSession,
    SessionCollection,
    SessionDataset,
)

__all__ = [
    "Annotation",
    "Arm",
    "Assembly",
    "Base",
    "CatalogState",
    "Chromosome",
    "Collection",
    "CollectionMember",
    "Dataset",
    "DatasetMetadata",
    "DatasetParent",
    "Group",
    "GroupMember",
    "Job",
    "Organism",
    "Repository",
    "Result",
    "ResultInput",
    "SavedSession",
    "SessionCollection",
    "SessionDataset",
    "Share",
    "ShareOpening",
    "Task",
    "User",
    "now",
]
