"""Composition root: settings in, running app out; the only module that knows every router."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import Depends, FastAPI

from addrsvc import __version__, problems
from addrsvc.admin_units import conversion_router
from addrsvc.admin_units import router as admin_units
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth import accounts_router, enrolling_router, sessions
from addrsvc.auth import router as access
from addrsvc.auth.limits import limits_of_settings
from addrsvc.auth.oidc import Issuers
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.uses import KeyUses
from addrsvc.auth.web import count_request
from addrsvc.basemap import router as basemap
from addrsvc.basemap.packaged import list_tiles
from addrsvc.basemap.parts import open_basemap
from addrsvc.cards import router as cards
from addrsvc.certificates import router as certificates
from addrsvc.clock import Clock, SystemClock
from addrsvc.collection import blocks_router as collection_blocks
from addrsvc.collection import observations_router as collection_observations
from addrsvc.collection import paper_router as collection_paper
from addrsvc.collection import photos_router as collection_photos
from addrsvc.collection import review_router as collection_review
from addrsvc.collection import router as collection
from addrsvc.collection import tasks_router as collection_tasks
from addrsvc.collection.photo_errors import PhotoPartTooLarge
from addrsvc.collection.photos import PART_MAX_BYTES
from addrsvc.coverage import router as coverage
from addrsvc.db.doors import Doors, open_doors
from addrsvc.db.read_only import ReadOnly, Reason, Watch
from addrsvc.dossiers import bulk_router as dossiers_bulk
from addrsvc.dossiers import router as dossiers
from addrsvc.dossiers.proposals import router as dossier_proposals
from addrsvc.dossiers.statistics import router as dossier_statistics
from addrsvc.edge import examples, operations, read_only, work
from addrsvc.edge.background import Background
from addrsvc.edge.cross_origin import CrossOrigin
from addrsvc.edge.ending import at_termination
from addrsvc.edge.fair_use import FairUse
from addrsvc.edge.middleware import Guard, Observe, Upload
from addrsvc.edge.read_only import ReadOnlyGate
from addrsvc.edge.refusals import NoteRefusals, Refusals
from addrsvc.edge.representing import Represent
from addrsvc.edge.shedding import Shed, is_photo_part, is_upload, lanes
from addrsvc.edge.sunset import Sunset
from addrsvc.events import audit_router
from addrsvc.events import router as events
from addrsvc.events.watching import Slots, Watcher
from addrsvc.file_jobs import router as file_jobs
from addrsvc.file_jobs import template_router as job_templates
from addrsvc.file_jobs.progress import ProgressWatch
from addrsvc.geocoding import autocomplete_router as autocomplete
from addrsvc.geocoding import batch_router, reverse_router
from addrsvc.geocoding import router as geocoding
from addrsvc.geocoding.following import Follower
from addrsvc.geocoding.world import Geocoder
from addrsvc.notices import router as notices
from addrsvc.ogc import router as ogc
from addrsvc.ogc import tiles as ogc_tiles
from addrsvc.personal.overdue import keep_counting
from addrsvc.planning import asking_router, printing_router
from addrsvc.planning import files_router as plan_files
from addrsvc.planning import router as plans
from addrsvc.planning.changes import router as plan_changes
from addrsvc.planning.maps import report_router as plan_report_map
from addrsvc.planning.maps import router as plan_maps
from addrsvc.planning.maps.cache import TileCache
from addrsvc.registry import changes_router, history_router, identifiers_router, persons_router
from addrsvc.registry import router as registry
from addrsvc.registry.bulk_acts import router as bulk_acts
from addrsvc.registry.copying import router as copying
from addrsvc.registry.copying.documents import present_addresses
from addrsvc.registry.duplicates import router as duplicates
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.quality import router as quality
from addrsvc.registry.quality.register_names import NamesInMemory
from addrsvc.settings import Settings
from addrsvc.tickets import router as tickets
from addrsvc.tickets.erasing import take_out_everywhere
from addrsvc.uploads.errors import FileTooLarge
from addrsvc.web import pages
from addrsvc.webhooks import router as webhooks

ROUTERS = (
    operations,
    work,
    read_only,
    registry,
    changes_router,
    duplicates,
    bulk_acts,
    history_router,
    identifiers_router,
    cards,
    certificates,
    notices,
    coverage,
    tickets,
    collection,
    collection_blocks,
    collection_tasks,
    collection_photos,
    collection_paper,
    collection_review,
    collection_observations,
    persons_router,
    quality,
    events,
    audit_router,
    copying,
    admin_units,
    conversion_router,
    reverse_router,
    asking_router,
    printing_router,
    geocoding,
    batch_router,
    autocomplete,
    dossier_statistics,  # before those of dossiers, whose codes may hold anything
    dossier_proposals,
    dossiers,
    dossiers_bulk,
    plans,
    plan_files,
    job_templates,  # before jobs, one of which it would be taken for
    file_jobs,
    enrolling_router,
    access,
    accounts_router,
    webhooks,
    plan_maps,
    plan_report_map,
    plan_changes,
    basemap,
    ogc,
    ogc_tiles,
)


def create_app(
    settings: Settings, clock: Clock | None = None, units: UnitsInMemory | None = None
) -> FastAPI:
    """Put the service together. Opens connections when its lifespan starts, not before."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        doors = await open_doors(settings)
        _open_parts(app, settings, doors)
        background = app.state.background = _work_beside(app, settings, doors)

        def let_go() -> None:
            app.state.feed_watcher.end()
            app.state.progress_watch.end()

        try:
            with at_termination(let_go):
                yield
        finally:
            await background.end()
            await app.state.key_uses.write_down(doors.engine)
            await app.state.session_uses.write_down(doors.engine)
            await app.state.refusals.write_down(doors.engine)
            await app.state.client_limits.close()
            app.state.passwords.close()
            app.state.basemap.close()
            await app.state.issuers.close()
            await doors.close()

    app = FastAPI(
        title="addrsvc",
        summary="Digital addresses: assign, validate, look up · Địa chỉ số",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # its scripts come from elsewhere; web.pages has a list of functions
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host is asked for; web.pages does it
    )
    app.state.settings = settings
    app.state.clock = clock or SystemClock()
    _take_notes(app)
    app.state.passwords = Passwords()
    app.state.issuers = Issuers(settings)
    app.state.units_in_memory = units or UnitsInMemory()
    app.state.register_names = NamesInMemory()
    _make_room(app, settings)
    app.state.present_addresses = present_addresses
    app.state.read_only = ReadOnly({Reason.SETTING} if settings.read_only else set())
    app.state.client_limits = limits_of_settings(settings)
    problems.install(app)
    # first and bare: the framework's own routing and dependencies cost more than the lookup
    app.router.routes[:0] = [registry.LOOKUP, geocoding.GEOCODE]
    for module in ROUTERS:
        app.include_router(
            module.router, responses=problems.RESPONSES, dependencies=[Depends(count_request)]
        )
    examples.install(app)
    pages.install(app, settings)
    _guard(app, settings)
    return app


def _take_notes(app: FastAPI) -> None:
    """Keep what is noted of requests until it is written down."""
    app.state.key_uses = KeyUses()
    app.state.session_uses = KeyUses(sessions.note_uses)
    app.state.refusals = Refusals(app.state.clock)


def _make_room(app: FastAPI, settings: Settings) -> None:
    """Say how much there may be at a time of what takes long or much."""
    app.state.feed_streams = Slots(settings.feed_streams, retry_after_s=10)
    app.state.job_streams = Slots(settings.feed_streams, retry_after_s=10)
    app.state.snapshot_slots = Slots(settings.feed_snapshots, retry_after_s=60)


def _open_parts(app: FastAPI, settings: Settings, doors: Doors) -> None:
    """Keep what requests are answered with, once the doors are open."""
    app.state.doors = doors
    app.state.code_lookup = CodeLookup(doors.lookups)
    app.state.take_out_persons = take_out_everywhere
    app.state.gazetteer = Follower(doors.pool)
    app.state.geocoder = Geocoder(
        doors, app.state.clock, app.state.gazetteer, app.state.units_in_memory
    )
    app.state.tile_cache = TileCache(settings.tile_cache_bytes)
    app.state.basemap = open_basemap(settings, doors.pool, app.state.clock)
    app.state.tiles_of_box = partial(
        list_tiles, app.state.basemap.archives, preferred=settings.background_tiles
    )
    app.state.feed_watcher = Watcher(doors.pool)
    app.state.progress_watch = ProgressWatch(doors.engine, settings, app.state.clock)


def _work_beside(app: FastAPI, settings: Settings, doors: Doors) -> Background:
    """Begin what goes on beside the requests for as long as the process lives."""
    background = Background()
    watch = Watch(app.state.read_only, settings, doors.engine.dispose)
    background.keep("read-only", watch.run)
    background.keep("feed", app.state.feed_watcher.run)
    background.keep("progress", app.state.progress_watch.run)
    background.keep("gazetteer", app.state.gazetteer.run)
    background.keep("units", app.state.geocoder.run)
    background.keep("register names", lambda: app.state.register_names.run(doors.pool))
    background.keep("key uses", lambda: app.state.key_uses.keep_writing(doors.engine, every_s=60))
    background.keep(
        "session uses", lambda: app.state.session_uses.keep_writing(doors.engine, every_s=60)
    )
    background.keep("refusals", lambda: app.state.refusals.keep_writing(doors.engine, every_s=5))
    background.keep(
        "late requests", lambda: keep_counting(doors.engine, app.state.clock, every_s=300)
    )
    return background


def _guard(app: FastAPI, settings: Settings) -> None:
    """Put around the app what every request passes; outermost comes last."""
    app.add_middleware(FairUse, limits=app.state.client_limits, clock=app.state.clock)
    app.add_middleware(Sunset)
    app.add_middleware(Represent)
    upload = Upload(settings.file_max_bytes, FileTooLarge)
    part = Upload(PART_MAX_BYTES, PhotoPartTooLarge)

    def upload_of(method: str, path: str) -> Upload | None:
        if is_photo_part(method, path):
            return part
        return upload if is_upload(method, path) else None

    app.add_middleware(
        Guard,
        max_body_bytes=settings.max_body_bytes,
        deadline_s=settings.request_deadline_s,
        upload_of=upload_of,
    )
    app.add_middleware(ReadOnlyGate, state=app.state.read_only)
    app.add_middleware(NoteRefusals, refusals=app.state.refusals)
    app.add_middleware(Observe)
    app.add_middleware(Shed, limits=lanes(settings.requests_in_progress))
    app.add_middleware(CrossOrigin, origins=settings.cors_origins)
