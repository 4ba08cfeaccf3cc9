"""JupyterHub: every person's server gets a database role of that person alone.

Comes in: the address of a role that may make roles, and user names. Goes out: addresses of
the catalog for one person each. Never: rows of the catalog; the hub may make, rename the
password of and drop the roles of people, and hand over or delete what somebody leaves.
"""

from hicognition_widgets.hub.roles import Provisioner, Removal
from hicognition_widgets.hub.spawn import spawn_hook

__all__ = ["Provisioner", "Removal", "spawn_hook"]
