"""An example of a hub whose people share one catalog; see docs/security.md.

Each server gets a database role of its own, so that what somebody may see and change is
decided by PostgreSQL and not by code that runs in the kernel.
"""

from pathlib import Path

from hicognition_widgets.hub import spawn_hook

c = get_config()  # noqa: F821 - JupyterHub provides it

# Who may log in, and where servers run, is up to you. Choose a spawner that runs every
# server as a Unix user (SystemdSpawner, SudoSpawner) or in a container of its own: people
# who are one Unix user can read each other's processes and files, and with them passwords.
c.JupyterHub.authenticator_class = "pam"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"

# The address of hicognition_jupyterhub (roles.sql), in a file that only the hub can read:
#   postgresql+psycopg://hicognition_jupyterhub:…@localhost/hicognition
# It is not in the environment, as servers may inherit that.
ADDRESS = Path("/srv/jupyterhub/hicognition-catalog")

# Every start makes the role if it is new and gives it a new password, which is in the
# environment of that server alone. Several servers of one person at a time (named servers)
# would take each other's password away.
c.Spawner.pre_spawn_hook = spawn_hook(
    ADDRESS.read_text(encoding="utf-8").strip(),
    # One folder for all, made by root: mkdir -m 1733 /srv/hicognition
    # Everybody makes a folder in it; nobody lists it, or removes what is not theirs.
    store="/srv/hicognition",
)
c.JupyterHub.allow_named_servers = False

# Kernels listen on sockets in a folder of their user instead of on ports that every user of
# the machine can reach.
c.Spawner.args = ["--KernelManager.transport=ipc"]
