"""What a notebook holds: datasets, answers and views in one object.

The workspace joins the rooms below it and contains no logic of theirs. Each module is one part
of it: adding, asking, annotating, deriving, curating, listening.
"""

from hicognition_widgets.workspace.base import Ref, Rows
from hicognition_widgets.workspace.workspace import Workspace

__all__ = ["Ref", "Rows", "Workspace"]
