"""``hicognition hub``: people of a catalog on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hicognition_widgets.hub import Provisioner


@click.group(name="hub")
def hub_commands() -> None:
    """Add and remove the people of the catalog that HICOGNITION_CATALOG names.

    The address has to be that of a role that may make roles, as deploy/jupyterhub/roles.sql
    makes it.
    """


@hub_commands.command(name="add-user")
@click.argument("name")
def add_user(name: str) -> None:
    """Make a database role for NAME and print its address.

    Somebody who is there already gets a new password.
    """
    click.echo(f"HICOGNITION_CATALOG={_people().add(name)}")


@hub_commands.command(name="remove-user")
@click.argument("name")
@click.option("--transfer-to", metavar="PERSON", help="Who owns the data from now on.")
@click.option("--delete-data", is_flag=True, help="Delete it all.")
def remove_user(name: str, transfer_to: str | None, delete_data: bool) -> None:
    """Remove the role of NAME; say what is to happen to the data."""
    if delete_data == (transfer_to is not None):
        raise click.UsageError(
            "say what happens to the data: --transfer-to PERSON or --delete-data"
        )
    done = _people().remove(name, heir=transfer_to)
    if done.heir is None:
        click.echo(f"removed {done.user}; {done.rows:,} things of theirs were deleted")
        click.echo(f"their folder in the store is not needed any more: {_folder(done.user)}")
    else:
        click.echo(f"removed {done.user}; {done.rows:,} things belong to {done.heir} now")
        click.echo(
            "keep the files that the catalog manages for them, and let "
            f"{done.heir} read them: {_folder(done.user)}/files"
        )


def _people() -> Provisioner:
    from hicognition_widgets.hub import Provisioner
    from hicognition_widgets.settings import load_settings

    return Provisioner(load_settings().catalog)


def _folder(user: str) -> str:
    from hicognition_widgets.settings import load_settings
    from hicognition_widgets.store import Store

    return str(Store(load_settings().store, user).folder)
