"""Is a file on a network file system? SQLite's shared-memory journal needs a local one."""

from __future__ import annotations

import sys
from pathlib import Path

_KERNEL = {
    "afs",
    "orangefs",
    "cifs",
    "nfs4",
    "smb3",
    "ncpfs",
    "gpfs",
    "gfs2",
    "panfs",
    "davfs",
    "pvfs2",
    "lustre",
    "smb2",
    "glusterfs",
    "smbfs",
    "ceph",
    "ocfs2",
    "beegfs",
    "smb",
    "9p",
    "nfs",
}
_FUSE = {
    "beegfs",
    "s3fs",
    "glusterfs",
    "rclone",
    "gcsfuse",
    "sshfs",
    "juicefs",
    "blobfuse2",
    "davfs2",
    "cephfs",
    "blobfuse",
}
NETWORK_TYPES = frozenset(_KERNEL | {f"fuse.{name}" for name in _FUSE})
"""Names in ``/proc/mounts`` of file systems that other machines change too."""


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Type of the network file system that holds `path`; None if local or unknown.

    Parameters
    ----------
    path : Path
        May not exist yet.
    mounts : str, optional
        Contents of ``/proc/mounts``; read from there by default.
    """
    resolved = path.expanduser().resolve()
    if sys.platform == "win32" and str(resolved).startswith("\\\\"):
        return "smb"
    if mounts is None:
        table = Path("/proc/mounts")
        if not table.is_file():
            return None
        mounts = table.read_text(encoding="utf-8", errors="replace")
    best: tuple[int, str] = (-1, "")
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # Spaces in a mount point are written as \040.
        point = Path(fields[1].replace("\\040", " ").replace("\\011", "\t"))
        # The last mount on a point is the one that counts, hence >=.
        if resolved.is_relative_to(point) and len(point.parts) >= best[0]:
            best = (len(point.parts), fields[2])
    return best[1] if best[1] in NETWORK_TYPES else None
