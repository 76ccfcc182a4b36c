"""``token``: access for staff and programs."""

from __future__ import annotations

import click

from search_api.access import ROLES, TokenError, TokenStore
from search_api.cli.setting import ConfigFile, Failure, json_option, pass_config, print_json


@click.group("token")
def token_group() -> None:
    """Access for staff and programs."""


@token_group.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(list(ROLES)), required=True)
@pass_config
def create(config: ConfigFile, name: str, role: str) -> None:
    """Make a token and print it, once: it is not kept, only its hash."""
    try:
        click.echo(TokenStore(config.settings.service_path).create(name, role))
    except TokenError as error:
        raise Failure(str(error)) from None


@token_group.command("list")
@json_option
@pass_config
def list_tokens(config: ConfigFile, as_json: bool) -> None:
    """The tokens by name, without themselves."""
    tokens = TokenStore(config.settings.service_path).list()
    rows = [
        {"name": t.name, "role": t.role, "created": t.created, "used": t.used, "revoked": t.revoked}
        for t in tokens
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f"revoked {row['revoked']}" if row["revoked"] else f"last used {row['used']}"
        click.echo(f"{row['name']}  {row['role']}  created {row['created']}, {state}")


@token_group.command("revoke")
@click.argument("name")
@pass_config
def revoke(config: ConfigFile, name: str) -> None:
    """Make a token worthless."""
    try:
        TokenStore(config.settings.service_path).revoke(name)
    except TokenError as error:
        raise Failure(str(error)) from None
    click.echo(f"revoked: {name}")
