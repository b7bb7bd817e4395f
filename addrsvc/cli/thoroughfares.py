"""Thoroughfares: import lists of streets, numbered roads and alleys."""

from __future__ import annotations

from pathlib import Path

import typer

from addrsvc.cli.name_lists import import_names

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``import`` a command of its own although it is the only one."""


@app.command("import")
def import_(
    file: Path = typer.Argument(help="CSV in UTF-8 with a header line."),
    map_: list[str] = typer.Option([], "--map", help="field=column, where a guess is wrong."),
    kind: str | None = typer.Option(None, help="Kind of rows that do not say theirs."),
    source: str | None = typer.Option(None, help="Where the list comes from; the file name."),
    rejected: Path | None = typer.Option(
        None, help="File for rejected rows; beside the list if left out."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check and count, store nothing."),
) -> None:
    """Import a list of thoroughfares; importing it again changes nothing.

    Rows in = added + already there + rejected; rejected rows go, each with its reason, to a
    file that can be mended and imported.
    """
    import_names(
        "thoroughfare",
        file,
        given=map_,
        kind=kind,
        source=source,
        rejected=rejected,
        dry_run=dry_run,
    )
