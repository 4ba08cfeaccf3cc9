"""A comparison as one page that needs neither network nor kernel.

The page holds the browser bundle, the data and nothing else. Its content-security policy
names no host: scripts run only if their hash is the one written here, and nothing can be
fetched or sent. Names and data are text inside a JSON block that they cannot leave.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.files import plain_json

_EXPORTS = re.compile(r"export\s*\{([^{}]*)\}\s*;?\s*(?://[^\n]*\s*)*\Z")
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 16px; font: 13px system-ui, sans-serif; }
html { background: Canvas; color: CanvasText; }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="hicognition-view"></main>
<noscript>This page draws its figures with the script it carries; allow scripts to see them.\
</noscript>
<script type="application/json" id="hicognition-data">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def comparison_html(data: Mapping[str, Any], bundle: str, title: str) -> str:
    """A self-contained page.

    Parameters
    ----------
    data : mapping
        What the bundle's ``mountEmbedded`` reads: ``{version, comparison, views,
        results}`` with arrays as base64 text. Numbers that are not finite become null.
    bundle : str
        The browser bundle, an ES module that exports ``mountEmbedded``.
    title : str
        Title of the page; any text.

    Returns
    -------
    str
        HTML to be written as UTF-8.

    Raises
    ------
    InputError
        If the bundle has no ``mountEmbedded``, or `data` holds what JSON cannot.
    """
    script = _inline_script(bundle)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{digest}'",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _PAGE.format(
        policy=html.escape(policy, quote=False),
        title=html.escape(title or "HiCognition"),
        style=_STYLE,
        data=json_for_script(data),
        script=script,
    )


def data_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a page holds besides where it comes from, as hexadecimal digits.

    Of its JSON with sorted keys and without spaces, so that whoever reads the data out of a
    page can make the same text of it.
    """
    plain = plain_json(content, "a page")
    text = json.dumps(
        plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def json_for_script(data: Any) -> str:
    """JSON that cannot end the script element it stands in, nor a JavaScript line.

    Raises
    ------
    InputError
        If a value is neither text, number, bool, None, list nor mapping.
    """
    plain = plain_json(data, "a page")
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _inline_script(bundle: str) -> str:
    """The bundle as an inline module that mounts the data when it has run."""
    code = bundle.replace("\r\n", "\n").replace("\r", "\n")
    found = _EXPORTS.search(code)
    names = {}
    for part in found[1].split(",") if found else ():
        local, _, public = part.strip().partition(" as ")
        names[public.strip() or local.strip()] = local.strip()
    if found is None or "mountEmbedded" not in names:
        raise InputError("the browser bundle exports no mountEmbedded, build it again")
    code = code[: found.start()]
    # In strings and patterns, the only places where these can stand, both spellings are equal.
    code = re.sub(r"<(?=/script|!--)", r"\\x3c", code, flags=re.IGNORECASE)
    return (
        f'\n{code}\n{names["mountEmbedded"]}(document.getElementById("hicognition-view"), '
        'JSON.parse(document.getElementById("hicognition-data").textContent));\n'
    )
