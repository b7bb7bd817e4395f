"""The command line: one module per command group.

Expected failures print one plain sentence with the remedy and end with the exit code of
their kind; anything else is a bug and shows where it happened, never the values it had in hand.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

import psycopg
import typer
from sqlalchemy.exc import OperationalError as DriverError

from addrsvc.cli.served import certificate_key_file, find_served_database
from addrsvc.edge.logs import tell_defect
from addrsvc.errors import AddrsvcError, Kind, Language, Text, Unavailable

EXIT_CODES: dict[Kind, int] = {
    Kind.INVALID: 2,
    Kind.UNAUTHENTICATED: 3,
    Kind.FORBIDDEN: 3,
    Kind.NOT_FOUND: 4,
    Kind.CONFLICT: 5,
    Kind.GONE: 5,
    Kind.STALE: 5,
    Kind.PRECONDITION_REQUIRED: 5,
    Kind.TOO_LARGE: 6,
    Kind.TOO_MANY: 7,
    Kind.UNAVAILABLE: 8,
}


@dataclass(eq=False)
class NoDatabase(Unavailable):
    """A command found no database to work on, or lost it."""

    slug = "no-database"
    title = Text("Không có cơ sở dữ liệu", "No database")
    message = Text(
        "Không kết nối được cơ sở dữ liệu ({reason}). Hãy chạy scripts/serve trước; nếu thư mục "
        "dữ liệu không phải thư mục mặc định thì đặt ADDRSVC_DATA_DIR, nếu dùng máy chủ sẵn có "
        "thì đặt ADDRSVC_DATABASE_URL.",
        "The database cannot be reached ({reason}). Start scripts/serve first; for a data folder "
        "other than the default set ADDRSVC_DATA_DIR, for a server of your own "
        "ADDRSVC_DATABASE_URL.",
    )
    reason: str


COMMANDS = {
    "serve": "Serve pages and API until interrupted, from a PostgreSQL of our own.",
    "migrate": "Migrate the database to this release's schema and search keys.",
    "verify": "Check versions, projection, codes and events of every address.",
    "worker": "Run jobs and all that happens by itself, or list it.",
    "geocode": "Find the place an address means, or those of a whole file.",
}
"""Single commands and what they do: each a module of this package with a function of its name."""

GROUPS = {
    "accounts": "Accounts of people: open, change, close; grants to people from elsewhere.",
    "acts": "Acts over thousands of addresses: plan, preview, run, undo.",
    "addresses": "Addresses in bulk: import and export files, list duplicates, audit.",
    "audit": "The logs of events and acts: verify, sign checkpoints, list who did what.",
    "certificate": "Certificates of addresses: make, list and revoke keys, issue, verify.",
    "collection": "Collection in the field: tasks, progress, files and sheets, figures.",
    "coverage": "Households expected, and how far communes are: counts, growth, a map.",
    "devices": "Issue, list and revoke the keys of devices in the field.",
    "dossiers": "Dossiers: list by area, day and state, and by address; count them.",
    "files": "Jobs over files of all owners: list, show, cancel, delete their files.",
    "identifiers": "Identifiers of addresses: Vpostcodes, location identifiers, parcels, others.",
    "jobs": "Jobs of the queue: list, show, retry, cancel.",
    "keys": "Issue, list, rotate and revoke API keys.",
    "localities": "Localities: import lists of khu phố, ấp, tổ, thôn, estates and places.",
    "notices": "Notices and plates: print those of an area, note what was done, count.",
    "operations": "The running service: refuse writes for a while, or accept them again.",
    "persons": "People behind addresses: requests, export, correct, erase, readings, keys.",
    "plans": "Planning maps: import, list, show, publish, withdraw, discard, write zones out.",
    "prefixes": "Prefixes of codes: import the authority's list, reserve ranges, watch them fill.",
    "replica": "A copy of a register elsewhere: build, follow, check.",
    "thoroughfares": "Thoroughfares: import lists of streets, numbered roads and alleys.",
    "tickets": "Reports of citizens: list them, show one, answer it.",
    "tiles": "Tiles of maps: write the basemap to a file, look at files to be served.",
    "units": "Administrative units: list, show, convert old to new, import boundaries.",
    "webhooks": "Receivers of webhooks: list, add, rotate, replay, pause, resume, remove, test.",
}
"""Command groups and what they hold: each a module of this package with a typer ``app``."""


def build(asked: str | None = None) -> typer.Typer:
    """Put the command tree together: all of it, or of it only the branch asked for.

    To load every branch takes seconds; those not asked for are known by name and purpose.
    """
    app = typer.Typer(
        name="addrsvc", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for name, purpose in COMMANDS.items():
        if asked in {None, name}:
            app.command(name)(getattr(import_module(f"{__name__}.{name}"), name))
        else:
            app.command(name, help=purpose)(_not_loaded)
    for name, purpose in GROUPS.items():
        if asked in {None, name}:
            app.add_typer(import_module(f"{__name__}.{name}").app, name=name, help=purpose)
        else:
            app.command(name, help=purpose)(_not_loaded)
    return app


def _load(asked: str) -> typer.Typer:
    """Put together what was asked for; the collector need not look through it, now or later."""
    gc.disable()
    try:
        return build(asked)
    finally:
        gc.freeze()
        gc.enable()


def _not_loaded() -> NoReturn:
    """Stand for a command nobody asked for."""
    raise AssertionError


def terminal_language() -> Language:
    """Give the language to speak: Vietnamese where the locale is, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return "vi" if (locale or "").startswith("vi") else "en"


def main() -> None:
    """Run one command; expected failures become a sentence and an exit code.

    With no database named, the one served on this machine by ``scripts/serve`` is meant.
    """
    try:
        asked = sys.argv[1] if len(sys.argv) > 1 else ""
        finds_its_own = asked == "serve" or "ADDRSVC_DATABASE_URL" in os.environ
        if not finds_its_own and (served := find_served_database()):
            urls, keys = served
            os.environ["ADDRSVC_DATABASE_URL"] = urls.writer
            os.environ["ADDRSVC_READ_DATABASE_URL"] = urls.reader
            os.environ["ADDRSVC_OWNER_DATABASE_URL"] = urls.owner
            if not os.environ.get("ADDRSVC_ENCRYPTION_KEYS"):
                os.environ.setdefault("ADDRSVC_ENCRYPTION_KEY_FILE", str(keys))
            signs = certificate_key_file(keys.parent)
            if not os.environ.get("ADDRSVC_CERTIFICATE_KEY") and signs.exists():
                os.environ.setdefault("ADDRSVC_CERTIFICATE_KEY_FILE", str(signs))
        _load(asked)()
    except AddrsvcError as error:
        _end_with(error)
    except (psycopg.OperationalError, DriverError) as error:
        _end_with(NoDatabase(reason=str(error).partition("\n")[0][:300]))
    except Exception as error:  # noqa: BLE001 -- the last line: a traceback quotes values
        tell_defect(error)
        sys.exit(1)


def _end_with(error: AddrsvcError) -> NoReturn:
    print(f"addrsvc: {error.text(terminal_language())}", file=sys.stderr)
    sys.exit(EXIT_CODES[error.kind])
