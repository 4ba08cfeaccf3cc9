"""A cluster of processes on this machine, closed to everybody else on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, Final

import hicognition_widgets
from hicognition_widgets.errors import JobError
from hicognition_widgets.jobs.resources import Machine, this_machine

_CLOSE_SECONDS: Final = 10
_ONE_THREAD: Final = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class LocalCluster:
    """Scheduler and workers in processes of their own, TLS with throw-away certificates.

    Workers come in three kinds, each started when first needed: ``"interactive"`` ones are
    kept free of ``"bulk"`` work, and of ``"slow"`` answers such as embeddings.

    Attributes
    ----------
    address : str
        Of the scheduler, on the loopback interface.
    security : distributed.Security
        Certificates that exist in memory alone.
    """

    def __init__(self, machine: Machine | None = None) -> None:
        import distributed

        security: Any = distributed.Security

        self.machine = this_machine() if machine is None else machine
        self.security = security.temporary()
        self._lock = threading.Lock()
        self._lanes: set[str] = set()
        self._scratch = tempfile.mkdtemp(prefix="hicognition-workers-")
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "hicognition_widgets.jobs.cluster_host"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=_environment(),
                cwd=self._scratch,
                start_new_session=True,  # an interrupt in the terminal is not for it
            )
            self.address = str(
                self._order(
                    {"security": _certificates(self.security), "scratch": self._scratch}
                )["address"]
            )
        except BaseException:
            self.close()
            raise

    def start(self, lane: str) -> None:
        """Start the workers of one kind, unless they run already; waits for them.

        Raises
        ------
        JobError
            If they do not start.
        """
        with self._lock:
            if lane in self._lanes:
                return
            answer = self._order(
                {
                    "lane": lane,
                    "workers": self.machine.workers,
                    "memory_limit": self.machine.memory_limit,
                }
            )
            if "failed" in answer:
                raise JobError(f"the local workers did not start: {answer['failed']}")
            self._lanes.add(lane)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def _order(self, content: dict[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the process was started without pipes")
        try:
            stdin.write(json.dumps(content).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except (OSError, ValueError) as error:
            raise JobError(self._died()) from error
        if not line:
            raise JobError(self._died())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _died(self) -> str:
        self._errors.seek(0)
        text = self._errors.read().decode(errors="replace").strip()
        last = text.splitlines()[-1] if text else "it said nothing"
        return (
            f"the local cluster did not start or has died ({last}); ask again, or use "
            'scheduler="threads"'
        )

    def close(self) -> None:
        """End all its processes."""
        process = getattr(self, "_process", None)
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:  # it died with an order in the pipe
                        continue
            try:
                process.wait(_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._errors.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _certificates(security: Any) -> dict[str, str]:
    """What the other processes need; goes through a pipe, never to a disk."""
    names = (
        "tls_ca_file",
        "tls_client_key",
        "tls_client_cert",
        "tls_scheduler_key",
        "tls_scheduler_cert",
        "tls_worker_key",
        "tls_worker_cert",
    )
    return {name: str(getattr(security, name)) for name in names}


def _environment() -> dict[str, str]:
    """The environment of this process, with one thread per worker and the package findable."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DASK_")
    }
    environment |= dict.fromkeys(_ONE_THREAD, "1")
    home = str(Path(hicognition_widgets.__file__).parents[1])
    if Path(home).name not in ("site-packages", "dist-packages"):
        paths = [home, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    # Warnings of a caller that treats them as errors (tests) are not the workers'.
    environment.pop("PYTHONWARNINGS", None)
    return environment
