"""The roles of a database: who owns the tables, who writes rows, who only reads.

============  =====================================================================
owner         migrates and owns everything; for ``migrate``, bundled data and DDL only
writer        adds and changes rows; events and audit entries it only adds
reader        reads what public answers and lists need: no people, no secrets
============  =====================================================================

Names are fixed, so that rights can be given by migration whoever made the roles::

    CREATE ROLE addrsvc_writer LOGIN PASSWORD '…';
    CREATE ROLE addrsvc_reader LOGIN PASSWORD '…';

``addrsvc migrate`` gives them their rights; without them one role does all. Nobody but a
superuser sees rows of people that the service has not opened (:func:`open_rows`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, LiteralString

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.queries import Queries
from addrsvc.db.rows import execute

WRITER: Final = "addrsvc_writer"
READER: Final = "addrsvc_reader"

_RIGHTS: Final = Queries("addrsvc.db", "rights.sql")
_OPEN: LiteralString = "SELECT set_config('addrsvc.open_' || %(kind)s, %(communes)s, true)"


def ensure_login(conn: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    """Make a role that may sign in with this password, or give it this password."""
    known = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = sql.SQL("CREATE" if known.fetchone() is None else "ALTER")
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
    conn.execute(statement.format(verb, sql.Identifier(role), sql.Literal(password)))


def give_rights(conn: sa.Connection) -> None:
    """Give writer and reader their rights on what the connection's role owns; no more, no less."""
    # without parameters: its per cent signs are the server's
    conn.exec_driver_sql(_RIGHTS["give_rights"].replace("%", "%%"))


async def open_rows(
    conn: AsyncConnection, kind: LiteralString, communes: Collection[str] | None
) -> None:
    """Open guarded rows for the rest of the transaction, after scope and area were checked.

    Whatever the service asks next, rows outside these communes are not there for it: neither to
    read nor to write. Opening again replaces what was open.

    Args:
        conn: the transaction.
        kind: of rows, as the table's policy calls ``row_is_open``, such as ``holders``.
        communes: present communes, such as ``Principal.areas``; None: everywhere.
    """
    opened = "*" if communes is None else ",".join(sorted(communes))
    await execute(conn, _OPEN, {"kind": kind, "communes": opened})
