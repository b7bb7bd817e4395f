"""A server with dossiers that wait for a person, and two clerks; all invented."""

from __future__ import annotations

from addrsvc.auth import accounts
from addrsvc.auth.model import Principal, Role, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.permissions import Scope
from addrsvc.clock import SystemClock
from addrsvc.db.doors import open_doors
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.model import AddressRole, DossierInput, GivenAddress
from addrsvc.dossiers.service import put_dossier
from addrsvc.geocoding.world import load_geocoder
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Components, Kind, Marks, Method, Position
from addrsvc.settings import Settings
from addrsvc.types import LonLat

PASSWORD = "bốn con cá bơi ngược"
CLERKS = {"lan": "Trần Thị Bịa", "minh": "Lê Văn Bịa"}
_OFFICE = Principal(
    "key:office", frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ})
)
_STREETS = ("Đường Lê Lợi", "Đường Nguyễn Trãi")


async def fill(url: str, dossiers: int) -> None:
    """Write addresses of two streets, clerks, and so many dossiers with one address each.

    Numbers stand in Phường Tây; the texts say Phường Đông, so that each waits.
    """
    doors, clock = await open_doors(Settings.model_validate({"database_url": url})), SystemClock()
    async with transaction(doors.engine) as conn:
        for login, name in CLERKS.items():
            await accounts.create_account(
                conn,
                command_line("test"),
                Passwords(),
                login=login,
                display_name=name,
                roles=[Role.SUPERVISOR],
                password=PASSWORD,
                at=clock.now(),
            )
        for row, street in enumerate(_STREETS):
            for number in range(2, 22, 2):
                point = LonLat(106.65 + number * 4e-5, 10.95 + row * 2e-3)
                assign = AssignAddress(
                    kind=Kind.DWELLING,
                    source="test",
                    components=Components(house_number=str(number), thoroughfare=street),
                    position=Position(point, 4.5, Method.GNSS, Marks.ENTRANCE),
                    distinct_because="a test puts them where it likes",
                )
                await service.assign_address(conn, command_line("test"), assign, clock)
    geocoder = await load_geocoder(doors, clock)
    judge = Judge(geocoder, CodeLookup(doors.pool), doors.pool)
    for number in range(dossiers):
        street = _STREETS[number % 2].removeprefix("Đường ")
        text = f"số {2 + number // 2 % 10 * 2} {street}, P. Đông, TP Mẫu"
        if number % 10 == 9:
            text = f"nhà bà Bịa thứ {number}, gần chợ"
        sent = DossierInput(
            parse_dossier_code(f"H09-260110-{number + 1:04}"),
            procedure="1.011442",
            office="Trung tâm phục vụ hành chính công phường Mẫu",
            addresses=(GivenAddress(AddressRole.OBJECT, text=text, note="hẻm cạnh trường học"),),
        )
        async with transaction(doors.engine) as conn:
            await put_dossier(conn, _OFFICE, judge, sent, clock)
    await doors.close()
