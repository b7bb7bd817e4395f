"""What can be wrong with the database itself."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Text, Unavailable


@dataclass(eq=False)
class SchemaNewer(Unavailable):
    """The database was migrated by a newer release than this one."""

    slug = "schema-newer"
    title = Text("Lược đồ dữ liệu mới hơn phần mềm", "Database schema is newer than this release")
    message = Text(
        "Cơ sở dữ liệu đang ở phiên bản {revision}, phần mềm này chưa biết phiên bản đó. "
        "Hãy nâng cấp phần mềm; không chạy bản cũ trên dữ liệu mới.",
        "The database is at revision {revision}, which this release does not know. "
        "Upgrade the software; do not run an older release on newer data.",
    )
    revision: str


@dataclass(eq=False)
class SchemaOlder(Unavailable):
    """The database lacks migrations of this release."""

    slug = "schema-older"
    title = Text("Lược đồ dữ liệu chưa được nâng cấp", "Database schema is not migrated")
    message = Text(
        "Cơ sở dữ liệu ở phiên bản {revision}, phần mềm cần {wanted}. Hãy chạy: addrsvc migrate.",
        "The database is at revision {revision}, this release needs {wanted}. "
        "Run: addrsvc migrate.",
    )
    revision: str
    wanted: str


@dataclass(eq=False)
class PostgisMissing(Unavailable):
    """The server has no PostGIS to create."""

    slug = "postgis-missing"
    title = Text("Máy chủ thiếu PostGIS", "PostGIS is missing")
    message = Text(
        "Máy chủ PostgreSQL này chưa có PostGIS. Hãy cài gói postgresql-15-postgis-3 "
        "trên máy chủ rồi chạy lại.",
        "This PostgreSQL server has no PostGIS. Install postgresql-15-postgis-3 "
        "on the server and run again.",
    )
