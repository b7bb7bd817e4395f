"""Settings: read once from ``ADDRSVC_*`` at start, frozen, passed down; nothing at import time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SigningAlgorithm = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Only pairs of keys: what verifies a token can make none."""


_ORIGIN = r"[a-z][a-z0-9+.-]*://[A-Za-z0-9.:\[\]-]+"
_ORIGINS = rf"^(\*|{_ORIGIN}(,\s*{_ORIGIN})*)?$"


class OidcIssuer(BaseModel):
    """One identity provider (OpenID Connect), and what its claims mean here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    """Short and for good: it is part of people's ids in the audit log."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    """The issuer, exactly as its tokens say it."""

    audience: Annotated[str, Field(min_length=1)]
    """Whom its tokens for this service are made out to."""

    algorithms: tuple[SigningAlgorithm, ...] = ("RS256", "ES256", "EdDSA")
    """Signatures accepted."""

    roles_claim: str | None = None
    """Claim with roles, such as ``realm_access.roles``; None: roles are granted here only."""

    roles: dict[str, tuple[str, ...]] = {}
    """What values of that claim mean: roles of ours; empty: our own names, nothing else."""

    areas_claim: str | None = None
    """Claim with codes of present communes roles hold in; None: everywhere."""


class Settings(BaseSettings):
    """All the service needs to know about where it runs."""

    model_config = SettingsConfigDict(env_prefix="ADDRSVC_", frozen=True, extra="ignore")

    database_url: SecretStr = SecretStr("postgresql:///addrsvc")
    """libpq URL of the primary: writes and everything transactional."""

    read_database_url: SecretStr | None = None
    """libpq URL for hot public reads; None means the primary serves them."""

    owner_database_url: SecretStr | None = None
    """libpq URL of the role that owns the tables, for migrations; None means the primary's."""

    public_url: str = ""
    """Scheme and host under which citizens reach the service; empty means relative links."""

    pool_size: int = Field(default=5, ge=1, le=100)
    """Connections each worker may hold on each of the two doors."""

    statement_timeout_ms: int = Field(default=5_000, ge=100)
    """The server ends any statement of a request after this."""

    read_only: bool = False
    """Refuse all writes; lookups, searches and pages go on."""

    request_deadline_s: float = Field(default=10.0, gt=0)
    """A request is answered 503 after this, also when the primary hangs."""

    feed_streams: int = Field(default=50, ge=1)
    """Streams of events each worker keeps open at a time."""

    feed_wait_s: float = Field(default=30.0, ge=0, le=30)
    """Longest a reader of the feed is held who waits for the next event."""

    feed_snapshots: int = Field(default=1, ge=1)
    """Snapshots of the register each worker gives at a time."""

    requests_in_progress: int = Field(default=100, ge=1)
    """Lookups, and followers of the feed, a worker has under way; of searches and of writes half
    as many. More are answered 503 at once."""

    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    """Largest request body read; more is answered 413 without reading on."""

    anonymous_per_minute: int = Field(default=120, ge=1)
    """Lookups an address without credentials may make in a minute; other rates in proportion."""

    anonymous_misses_per_minute: int = Field(default=20, ge=1)
    """Unknown codes an address without credentials may ask for in a minute."""

    known_per_minute: int = Field(default=600, ge=1)
    """Lookups a key or person may make in a minute; other rates and quotas in proportion."""

    miss_alarm_per_minute: int = Field(default=300, ge=1)
    """Unknown codes all without credentials may ask for together before they are held shorter."""

    redis_url: SecretStr | None = None
    """Redis in which all workers and machines count together; None: each grants its share."""

    workers: int = Field(default=1, ge=1)
    """Processes that answer requests; ``serve`` says how many there are."""

    cors_origins: Annotated[
        str, Field(pattern=r"^(\*|(https?://[^\s,/*]+)?(\s*,\s*https?://[^\s,/*]+)*)$")
    ] = ""
    """Origins whose pages may read what the functions for software answer, comma separated; ``*``:
    any; empty: none. Cookies never come along."""

    trusted_proxies: str = "127.0.0.1"
    """Addresses whose X-Forwarded-For is believed, comma separated."""

    encryption_keys: SecretStr = SecretStr("")
    """Keys for people's data and webhook secrets, comma separated, newest first; empty: see the
    key file. Made by ``addrsvc persons new-key``."""

    encryption_key_file: Path | None = None
    """The same keys in a file, one a line, newest first; read again when it changes."""

    checkpoint_dir: Path | None = None
    """Folder outside the database for signed checkpoints of the logs; None: none are written."""

    checkpoint_key: SecretStr | None = None
    """Signs checkpoints: base64 of 32 bytes, made by ``addrsvc audit new-key``; after a change
    of keys those before, comma separated, newest first."""

    checkpoint_key_file: Path | None = None
    """The same keys in a file, one a line, newest first."""

    certificate_key: SecretStr | None = None
    """Signs certificates of addresses: base64 of 32 bytes, made by ``addrsvc certificate new-key``;
    after a change of keys those before, comma separated, newest first."""

    certificate_key_file: Path | None = None
    """The same keys in a file, one a line, newest first."""

    certificate_issuer: str = ""
    """Authority certificates are issued by, as printed; empty: the issuer of the code."""

    oidc_issuers: tuple[OidcIssuer, ...] = ()
    """Identity providers whose bearer tokens name people: a JSON list of objects."""

    oidc_allow_loopback: bool = False
    """Ask identity providers on this very machine over plain http: for development only."""

    worker_stalled_s: float = Field(default=30.0, ge=1)
    """A worker not heard of for so long is taken for dead; its jobs are run again, alone."""

    worker_retry_s: float = Field(default=10.0, gt=0)
    """A job an error ended is tried again after this, then four times as long each time."""

    holder_readings_per_day: int = Field(default=300, ge=1)
    """Holders one principal may read in a day of Vietnam: a stolen key cannot drain them all."""

    webhook_allow: str = ""
    """Hosts and networks (CIDR) webhooks may also go to over http or in private ranges, commas."""

    webhook_ports: str = "443,8443"
    """Ports webhooks may go to, comma separated."""

    person_reply_working_days: int = Field(default=2, ge=1)
    """A person who asks about their data gets a first reply in so many working days.
    Source: Decree 356/2025/NĐ-CP, from summaries; to be confirmed by counsel."""

    person_access_days: int = Field(default=10, ge=1)
    """Calendar days in which data of a person are handed out or corrected. Source: Law
    91/2025/QH15 and Decree 356/2025/NĐ-CP; the exact terms are to be confirmed by counsel."""

    person_erase_days: int = Field(default=20, ge=1)
    """Calendar days in which data of a person are erased. Source: as above, to be confirmed."""

    ticket_working_days: int = Field(default=10, ge=1, le=250)
    """A citizen's ticket is answered in so many working days; the authority says how many."""

    keep_tickets_days: int = Field(default=90, ge=0)
    """Days after closing in which the words and contact of a ticket, and its answer, are kept."""

    keep_collected_days: int = Field(default=180, ge=1)
    """Contacts and words collectors noted are erased so many days after they came, if the contact
    has not become the holder of an address before."""

    keep_ended_holders_days: int = Field(default=365, ge=0)
    """The person behind an address is erased so many days after it was retired or rejected."""

    keep_requests_days: int = Field(default=365, ge=0)
    """Who asked is forgotten so many days after the request was closed; that it was, stays."""

    keep_reading_notes_days: int = Field(default=365, ge=0)
    """Notes beside readings of holders, and counts of readings, are kept so many days."""

    keep_idempotency_days: int = Field(default=30, ge=1)
    """Bodies of answers kept for repeats of a write are dropped after so many days; keys stay."""

    keep_import_rejections_days: int = Field(default=180, ge=0)
    """Reasons of refused import rows are kept so many days after the run ended."""

    files_dir: Path | None = None
    """Folder for files sent to jobs and their results, shared by all processes; on an encrypted
    disk where they hold people's data. None: no jobs over files are taken."""

    photos_dir: Path | None = None
    """Folder for photos of field collection, shared by all processes, on an encrypted disk, part of
    the backup; None: ``photos`` in ``files_dir``."""

    photo_bytes_per_day: int = Field(default=2_000_000_000, ge=1_000)
    """Bytes of photos one device may send in a day of Vietnam; the rest waits on the device."""

    keep_photos_days: int | None = Field(default=None, ge=1)
    """Photos of records decided so many days ago are erased; None: they are kept."""

    file_max_bytes: int = Field(default=1_000_000_000, ge=1_000)
    """Largest file a job takes."""

    file_jobs_each: int = Field(default=5, ge=1)
    """Jobs over files one owner may have that are not over."""

    file_bytes_each: int = Field(default=4_000_000_000, ge=1_000)
    """Bytes of files received that one owner may have lying here."""

    keep_job_files_days: int = Field(default=7, ge=1)
    """Files of jobs, and their results, are deleted so many days after they were received."""

    keep_job_receipts_days: int = Field(default=365, ge=1)
    """Receipts of jobs are kept so many days."""

    tile_cache_bytes: int = Field(default=64_000_000, ge=0)
    """Bytes of map tiles each process keeps in memory."""

    tiles_dir: Path | None = None
    """Folder with tiles of your own to serve beside the basemap (MBTiles, PMTiles); None: none."""

    background_tiles: str = ""
    """Name of tiles in that folder, of either kind, to lie beneath the basemap; empty: none do."""

    file_lanes: int = Field(default=4, ge=1, le=64)
    """Processes that may work on one owner's jobs at a time."""

    widget_origins: Annotated[str, Field(pattern=_ORIGINS)] = "*"
    """Origins whose pages may frame the lookup widget, comma separated; ``*``: any, empty: none."""

    demo: bool = False
    """The database holds invented demo addresses: every page and answer says so."""

    local_ca_file: Path | None = None
    """Certificate of the authority of ``serve --tls``, given to phones at ``/field/ca.crt``."""

    npm_dir: Path | None = None
    """Folder with the browser libraries (node_modules); None means beside the package."""
