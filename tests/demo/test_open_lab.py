"""``make demo`` without HEADLESS: JupyterLab opens on a copy of the notebook."""

from __future__ import annotations

import json

from hicognition_widgets.demo import lab


def test_lab_opens_on_a_copy_that_is_kept(tmp_path, monkeypatch):
    started = []

    class Done:
        returncode = 0

    def run(command, *, env, check):
        started.append((command, env))
        return Done()

    monkeypatch.setattr(lab.subprocess, "run", run)
    said = []
    assert lab.open_lab(tmp_path / "demo", port=1234, say=said.append) == 0
    command, environment = started[0]
    notebook = tmp_path / "demo" / "notebook" / "demo.ipynb"
    assert json.loads(notebook.read_text()) == json.loads(lab.shipped_notebook().read_text())
    assert f"--ServerApp.root_dir={notebook.parent}" in command
    assert "--LabApp.default_url=/lab/tree/demo.ipynb" in command
    assert "--port=1234" in command
    assert environment["HICOGNITION_DEMO"] == str(tmp_path / "demo")
    assert str(notebook) in said[0]

    notebook.write_text("my own notes")
    lab.open_lab(tmp_path / "demo", port=None, say=said.append)
    assert notebook.read_text() == "my own notes"
