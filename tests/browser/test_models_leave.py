"""What JupyterLab holds of views that are gone: nothing."""

from __future__ import annotations

from hands import eventually, once
from lab import Lab
from playwright.sync_api import CDPSession, Page

RUNS = 6
SETUP = """\
import anywidget, numpy as np
from ipywidgets.widgets import widget as registry
import hicognition_widgets as hcw
signal = np.random.default_rng(1).gamma(2.0, size=(200, 40)).astype("float32")

class Finder(anywidget.AnyWidget):
    "Tells where the page keeps the models of its widgets."
    _esm = "export default { render({ model }) { globalThis.models = model.widget_manager } }"

Finder()
"""
STACKUP = "v = hcw.Stackup.from_array(signal, flank=50_000)\n"


def alive(session: CDPSession, like: str) -> int:
    """Objects of the page that can still be reached and are of the class of `like`."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found = session.send(
        "Runtime.evaluate",
        {"expression": f"(async () => Object.getPrototypeOf({like}))()", "awaitPromise": True},
    )
    prototype = found["result"]["objectId"]
    objects = session.send("Runtime.queryObjects", {"prototypeObjectId": prototype})
    count = session.send(
        "Runtime.callFunctionOn",
        {
            "objectId": objects["objects"]["objectId"],
            "functionDeclaration": "function () { return this.length; }",
        },
    )
    for one in (prototype, objects["objects"]["objectId"]):
        session.send("Runtime.releaseObject", {"objectId": one})
    number: int = count["result"]["value"]
    return number


def test_a_cell_that_is_run_again_leaves_no_models_in_the_page(
    bare_lab: Lab, page: Page
) -> None:
    bare_lab.write_notebook("again.ipynb", [SETUP, STACKUP + "v"])
    notebook = bare_lab.open(page, "again.ipynb")
    notebook.run_all()
    notebook.wait_ready(notebook.view("stackup"))
    page.wait_for_function("globalThis.models !== undefined")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(RUNS):
        notebook.run_again(1)
        notebook.wait_ready(notebook.view("stackup"))
    model = f"(await models.get_model({notebook.evaluate('v.model_id')!r}))"
    # the finder, the bundle's own model, the view that is shown, and one that was there before;
    # a view asks for a few seconds whether the kernel still answers, and is held for as long
    once(page, lambda: alive(session, model), lambda n: n <= 4)
    once(page, lambda: alive(session, f"{model}.get('layout')"), lambda n: n <= 4)
    kinds = "(type(one).__name__ for one in list(registry._instances.values()))"
    # in the kernel too: one view, and a layout of the view, the finder and the bundle
    counted = "(lambda found: [found.count(one) for one in ('Stackup', 'Layout')])"
    eventually(notebook, f"{counted}(list({kinds}))", [1, 3])
