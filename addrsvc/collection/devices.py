"""The device that asks: good, or revoked and let in as far as to hand over what it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.revoked import is_revoked
from addrsvc.auth.web import Caller
from addrsvc.collection.errors import NotADevice


@dataclass(frozen=True, slots=True)
class Device:
    """A phone with a key of its own."""

    key_id: str
    principal: Principal
    """As which it acts; a revoked one may do nothing."""
    is_revoked: bool = False

    @property
    def state(self) -> str:
        """Give the word for it in answers."""
        return "revoked" if self.is_revoked else "good"


def device_of(principal: Principal) -> Device:
    """Give the device a principal is.

    Raises:
        NotSignedIn, ScopeMissing: it may not write addresses.
        NotADevice: it is a person or a service.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    kind, _, key_id = principal.id.partition(":")
    if kind != "device":
        raise NotADevice
    return Device(key_id, principal)


async def collecting_device(request: Request, caller: Caller) -> Device:
    """Give the device that asks; on routes that hand something over also one that was revoked.

    Raises:
        NotSignedIn, ScopeMissing, NotADevice: as for :func:`device_of`.
    """
    if is_revoked(request):
        return Device(caller.id.partition(":")[2], caller, is_revoked=True)
    return device_of(caller)


CollectingDevice = Annotated[Device, Depends(collecting_device)]
