from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.html import comparison_html, json_for_script

BUNDLE = 'var a="</script><!--",b=(e,d)=>e.append(d.x);export{a as mount,b as mountEmbedded};\n'


class _Page(HTMLParser):
    """Scripts, policy and title as a browser would find them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._inside: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = attrs, text + data
        elif self._inside == "title":
            self.title += data


def test_the_page_carries_data_and_bundle() -> None:
    data = {"version": 1, "views": [{"title": "a"}], "results": {"k": {"n": np.float32(2)}}}
    page = _Page(comparison_html(data, BUNDLE, "CH12 loops"))
    (data_attrs, embedded), (module_attrs, code) = page.scripts
    assert data_attrs == {"type": "application/json", "id": "hicognition-data"}
    assert json.loads(embedded) == {
        "version": 1,
        "views": [{"title": "a"}],
        "results": {"k": {"n": 2.0}},
    }
    assert module_attrs == {"type": "module"}
    assert "export" not in code
    assert code.rstrip().splitlines()[-1].startswith("b(document.getElementById(")
    assert page.title == "CH12 loops"


def test_the_policy_names_the_script_and_no_host() -> None:
    text = comparison_html({}, BUNDLE, "x")
    page = _Page(text)
    (policy,) = [a["content"] for t, a in page.tags if a.get("http-equiv") is not None]
    assert policy is not None
    assert text.index("Content-Security-Policy") < text.index("<script")
    digest = base64.b64encode(hashlib.sha256(page.scripts[1][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|//|\*|unsafe-eval", policy.replace(digest, ""))
    assert not re.search(r"(src|href)\s*=", text.replace(page.scripts[1][1], ""))


@pytest.mark.parametrize(
    "name",
    ["</script><script>alert(1)</script>", "<!--<script>", "\u2028\u2029", "&lt;", '"\\'],
)
def test_hostile_names_stay_text(name: str) -> None:
    text = comparison_html({"title": name, name: 1}, BUNDLE, name)
    page = _Page(text)
    assert len(page.scripts) == 2
    assert json.loads(page.scripts[0][1]) == {"title": name, name: 1}
    assert page.title == name


@given(
    st.recursive(st.text() | st.booleans() | st.none() | st.integers(), st.lists, max_leaves=9)
)
def test_json_comes_back_and_cannot_leave_its_element(value: object) -> None:
    text = json_for_script(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_missing_numbers_are_null_and_other_things_refused() -> None:
    assert json_for_script([float("nan"), np.inf, np.int32(3)]) == "[null,null,3]"
    with pytest.raises(InputError, match="type bytes"):
        json_for_script({"data": b"x"})


@pytest.mark.parametrize("bundle", ["", "var a=1;", "var a=1;export{a as mount};"])
def test_a_bundle_that_cannot_draw_pages_is_refused(bundle: str) -> None:
    with pytest.raises(InputError, match="mountEmbedded"):
        comparison_html({}, bundle, "x")


def test_other_forms_of_the_last_export() -> None:
    for end in (
        "export { mountEmbedded };",
        "export{x as default,b as mountEmbedded}\n//# map\n",
    ):
        assert "export" not in _Page(comparison_html({}, BUNDLE[:40] + end, "")).scripts[1][1]
