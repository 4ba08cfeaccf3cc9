"""The catalog: all calls in one place."""

from __future__ import annotations

from hicognition_widgets.catalog.annotations import AnnotationCalls
from hicognition_widgets.catalog.collections import CollectionCalls
from hicognition_widgets.catalog.dataset_finding import DatasetFinding
from hicognition_widgets.catalog.datasets import DatasetCalls
from hicognition_widgets.catalog.deletion import DeletionCalls
from hicognition_widgets.catalog.genomes import AssemblyCalls
from hicognition_widgets.catalog.jobs import JobCalls
from hicognition_widgets.catalog.names import NameCalls
from hicognition_widgets.catalog.repositories import RepositoryCalls
from hicognition_widgets.catalog.results import ResultCalls
from hicognition_widgets.catalog.sessions import SessionCalls
from hicognition_widgets.catalog.sharing import SharingCalls


class Catalog(
    AssemblyCalls,
    DatasetCalls,
    DatasetFinding,
    RepositoryCalls,
    AnnotationCalls,
    CollectionCalls,
    ResultCalls,
    JobCalls,
    SharingCalls,
    SessionCalls,
    DeletionCalls,
    NameCalls,
):
    """One memory for many notebooks.

    Open it with :meth:`open`. Every call is one transaction of its own, safe from any
    thread, and hands out frozen records.

    Examples
    --------
    >>> catalog = Catalog.open("sqlite:///catalog.sqlite", user="alice")  # doctest: +SKIP
    """
