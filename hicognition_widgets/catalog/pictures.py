"""Tables and records as HTML for a notebook. Every text is escaped: names are untrusted.

No colours and no fonts are set, so that the tables look like those of pandas in any theme.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

SHOWN = 50
"""Rows that the picture of a table has."""

_WORDS = 60

# In a narrow notebook what is told in words keeps a readable width, in which long words break;
# short columns keep to their one line, so that a table does not grow tall by them.
_BREAKS = ";overflow-wrap:anywhere"
_WORDY = f";min-width:12em{_BREAKS}"
_ONE_LINE = ";white-space:nowrap"
_WIDTHS = {
    "name": _WORDY,
    "about": _WORDY,
    "kind": _ONE_LINE,
    "bin sizes": _ONE_LINE,
}


def table_html(
    rows: Sequence[Mapping[str, Any]],
    *,
    total: int | None = None,
    empty: str = "nothing here yet",
) -> str:
    """A table of at most :data:`SHOWN` rows.

    Parameters
    ----------
    rows : sequence of mapping
        Column to value; the first row names the columns.
    total : int, optional
        How many rows there are in all, if `rows` holds only the first of them.
    empty : str
        The sentence for a table without rows.
    """
    if not rows:
        return f"<p>{html.escape(empty)}</p>"
    # A column without a single value says nothing.
    columns = [name for name in rows[0] if any(row[name] not in ("", None) for row in rows)]
    numeric = {
        name
        for name in columns
        if all(_is_number(row[name]) or row[name] in ("", None) for row in rows)
    }
    head = "".join(_cell("th", name, name in numeric) for name in columns)
    body = "".join(
        "<tr>"
        + "".join(
            _cell("td", row[name], name in numeric, _WIDTHS.get(name, "")) for name in columns
        )
        + "</tr>"
        for row in rows[:SHOWN]
    )
    rest = (len(rows) if total is None else total) - min(len(rows), SHOWN)
    more = f"<p>and {rest:,} more; see to_frame()</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def facts_html(title: str, facts: Mapping[str, Any]) -> str:
    """One record: its name, and what there is to say about it; empty facts are left out."""
    body = "".join(
        f"<tr>{_cell('th', name, False)}{_cell('td', value, False, _BREAKS)}</tr>"
        for name, value in facts.items()
        if value not in ("", None)
    )
    return f"<p><strong>{html.escape(title)}</strong></p><table><tbody>{body}</tbody></table>"


def shown(value: Any) -> str:
    """A value as a person reads it: 12,345, yes, 2025-01-31 14:05."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def shortened(text: str, limit: int = _WORDS) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def listed(parts: Sequence[str], limit: int) -> str:
    """The first of these parts, as many as fit, and an ellipsis for the others."""
    whole = ", ".join(parts)
    while len(whole) > limit and len(parts) > 1:
        parts = parts[:-1]
        whole = ", ".join([*parts, "…"])
    return whole


def base_pairs(length: int) -> str:
    """A bin size as on screen: 500 bp, 10 kb, 2.5 Mb."""
    for unit, size in (("Mb", 1_000_000), ("kb", 1_000)):
        if length >= size:
            return f"{length / size:g} {unit}"
    return f"{length} bp"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(tag: str, value: Any, number: bool, more: str = "") -> str:
    style = f"text-align:{'right' if number else 'left'}{more}"
    if number or tag == "th" or isinstance(value, datetime):
        style += ";white-space:nowrap"
    return f'<{tag} style="{style}">{html.escape(shown(value))}</{tag}>'
