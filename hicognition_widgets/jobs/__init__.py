"""A request (what), a plan (which work), a run (where) and its progress (how far).

In: requests made of plain data. Out: stored results, and errors that say why there is
none. Workers get paths and give manifests back; they never see a database.
"""

from hicognition_widgets.jobs.ask import Ask
from hicognition_widgets.jobs.broker import Broker
from hicognition_widgets.jobs.closeup import Closeup
from hicognition_widgets.jobs.job import Job
from hicognition_widgets.jobs.known import Jobs, KnownJob
from hicognition_widgets.jobs.outcome import ComputationFailed
from hicognition_widgets.jobs.plan import Plan, Task
from hicognition_widgets.jobs.presets import preprocess_requests
from hicognition_widgets.jobs.progress import JobProgress, Progress
from hicognition_widgets.jobs.request import (
    Analysis,
    AssemblyInput,
    FeatureInput,
    RegionsInput,
    Request,
)

__all__ = [
    "Analysis",
    "Ask",
    "AssemblyInput",
    "Broker",
    "Closeup",
    "ComputationFailed",
    "FeatureInput",
    "Job",
    "JobProgress",
    "Jobs",
    "KnownJob",
    "Plan",
    "Progress",
    "RegionsInput",
    "Request",
    "Task",
    "preprocess_requests",
]
