"""Set up the project's own environments. Called by make; needs only Python's standard library.

python scripts/setup_env.py demo       what running needs: .venv, Node, the browser bundle
python scripts/setup_env.py test       the same with the tools for checking and testing,
a browser, PostgreSQL, and the oracle environment
python scripts/setup_env.py js         only the browser bundle
python scripts/setup_env.py oracle     only the environment of the tools we compare with
python scripts/setup_env.py hosts      only the environment of the other hosts of widgets
python scripts/setup_env.py pandas22   an environment with the oldest supported pandas
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from groundwork import bundle, node, system
from groundwork.console import Stop
from groundwork.environment import HOSTS, MAIN, ORACLE, PANDAS22
from groundwork.node import Node


def ready_node() -> Node:
    """Return Node: the machine's, or the wheel, which is installed if it has to be."""
    found = node.of_the_machine()
    if found is None:
        MAIN.make(("node",), "installing Node from PyPI (this machine has none, or an old one)")
        places = MAIN.folder.glob("lib/python3*/site-packages")
        found = next((here for place in places if (here := node.of_wheel(place))), None)
    if found is None:
        raise Stop(
            f"Node {node.OLDEST} or newer with npm is needed, and PyPI has none for this "
            "machine: install the packages nodejs and npm"
        )
    return found


def js() -> None:
    """Build the browser bundle if its sources changed."""
    if not bundle.is_fresh():
        bundle.build(ready_node())


def demo() -> None:
    """Set up what running needs."""
    MAIN.make(
        ("demo",),
        "installing the Python packages (about 140; a minute, the first time on a machine)",
    )
    js()
    MAIN.make(("demo",), "", project=True)


def oracle() -> None:
    """Set up the tools that our numbers are compared with, in an environment of their own."""
    if not ORACLE.ready(("oracle",)):
        system.compiler()
    ORACLE.make(("oracle",), "installing cooltools and coolpuppy to compare with (compiles)")


def pandas22() -> None:
    """Set up an environment with the oldest pandas that is supported."""
    js()
    PANDAS22.make(("pandas22",), "installing the packages with pandas 2.2", project=True)


def hosts() -> None:
    """Set up other places that show widgets: Notebook, Voilà, an older kernel."""
    js()
    HOSTS.make(("hosts",), "installing Notebook and Voilà to test in", project=True)


def tools() -> None:
    """Set up what checking needs, and the tests that need nothing from outside Python."""
    MAIN.make(
        ("dev",),
        "installing the Python packages (about 180; a minute, the first time on a machine)",
    )
    js()
    bundle.install_packages(ready_node())
    MAIN.make(("dev",), "", project=True)


def test() -> None:
    """Set up what all tests need."""
    tools()
    system.postgres()
    system.chromium()
    oracle()
    hosts()


WHAT: dict[str, Callable[[], None]] = {
    "demo": demo,
    "tools": tools,
    "test": test,
    "js": js,
    "oracle": oracle,
    "hosts": hosts,
    "pandas22": pandas22,
}


def main() -> int:
    """Set up one thing; 0 when it is ready, 2 when something has to be installed by hand."""
    parser = argparse.ArgumentParser(description="Set up the project's own environments.")
    parser.add_argument("what", choices=WHAT)
    try:
        WHAT[parser.parse_args().what]()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
