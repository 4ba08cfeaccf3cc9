"""The main job on the data that ships with the project.

In: the files under ``data/``.
Out: a workspace of its own with everything registered and computed, and in the headless
run a page, a figure, one file per result and a summary.
Never touches the user's own catalog.
"""

from hicognition_widgets.demo.dataset import Demo, demo_folder, open_demo

__all__ = ["Demo", "demo_folder", "open_demo"]
