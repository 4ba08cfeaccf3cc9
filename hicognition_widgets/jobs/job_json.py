"""A plan as plain data, from which a job can be gone on with years later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs.plan import Plan
from hicognition_widgets.jobs.request import AssemblyInput, Request

_DEFAULTS: Final[dict[str, Any]] = {
    "flank": None,
    "binsize": None,
    "bin_percent": None,
    "normalization": None,
    "side": None,
    "anchor": "center",
    "flip": False,
    "subset": None,
    "options": [],
}
"""Parameters that are left out of what is written."""


def plan_json(plan: Plan) -> dict[str, Any]:
    """Plain data from which the plan's requests can be made again; inputs appear once."""
    regions: dict[str, Any] = {}
    features: dict[str, Any] = {}
    assemblies: dict[str, Any] = {}
    requests = []
    for request in plan.requests:
        regions.setdefault(request.regions.id, asdict(request.regions))
        for feature in request.features:
            features.setdefault(feature.id, asdict(feature))
        assemblies.setdefault(request.assembly.name, asdict(request.assembly))
        requests.append(
            {
                "analysis": request.analysis,
                "regions": request.regions.id,
                "features": [feature.id for feature in request.features],
                "assembly": request.assembly.name,
                **{
                    name: value
                    for name, value in request.parameters.items()
                    if value != _DEFAULTS[name]
                },
            }
        )
    return {
        "regions": regions,
        "features": features,
        "assemblies": assemblies,
        "requests": requests,
    }


def requests_from(content: Mapping[str, Any]) -> list[Request]:
    """The requests that :func:`plan_json` wrote.

    Raises
    ------
    InputError
        If it is not such content.
    """
    try:
        assemblies = {
            name: AssemblyInput(
                name=given["name"],
                chromsizes=tuple((str(c), int(n)) for c, n in given["chromsizes"]),
                arms=tuple((str(c), int(s), int(e), str(n)) for c, s, e, n in given["arms"]),
            )
            for name, given in content["assemblies"].items()
        }
        requests = []
        for each in content["requests"]:
            whole = _DEFAULTS | each
            whole["regions"] = content["regions"][each["regions"]]
            whole["features"] = [content["features"][number] for number in each["features"]]
            requests.append(Request.from_json(whole, assemblies[each["assembly"]]))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this job does not say what it computes: {error}") from error
    return requests
