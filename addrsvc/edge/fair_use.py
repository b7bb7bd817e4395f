"""Count what a request missed before its answer goes out; say in headers what is left."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from addrsvc.auth.errors import RateLimited
from addrsvc.auth.limits import ClientLimits, RouteClass, Spending
from addrsvc.auth.limits.table import TELLING
from addrsvc.clock import Clock
from addrsvc.problems import preferred_language, response_of


class FairUse:
    """``RateLimit`` headers on every counted answer; 429 in place of one that tells too much.

    Whoever has no misses left is refused here also when the request came in before the last of
    them: else many asked at once would all be answered.
    """

    def __init__(self, app: ASGIApp, *, limits: ClientLimits, clock: Clock) -> None:
        self.app = app
        self._limits = limits
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        refused = False

        async def send_counted(message: Message) -> None:
            nonlocal refused
            if refused:
                return
            spending: Spending | None = scope.get("addrsvc.spending")
            if spending is None or message["type"] != "http.response.start":
                await send(message)
                return
            error = await self._settle(spending, message["status"])
            headers = self._limits.headers(spending)
            if error is None:
                message["headers"].extend(headers)
                await send(message)
                return
            refused = True
            language = preferred_language(Headers(scope=scope).get("accept-language"))
            response = response_of(error, language, scope.get("addrsvc.request_id"))
            response.raw_headers.extend(headers)
            await response(scope, receive, send)

        await self.app(scope, receive, send_counted)

    async def _settle(self, spending: Spending, status: int) -> RateLimited | None:
        """Count what was missed; give the refusal of an answer that must not be told."""
        if status in {401, 429, 503} or spending.route_class not in TELLING:
            return None
        if status == 404 and spending.route_class is RouteClass.LOOKUP:
            spending.misses = max(1, spending.misses)
        if not spending.misses and not self._limits.holds_anybody:
            return None
        now_s = self._clock.now().timestamp()
        try:
            if spending.misses:
                await self._limits.miss(spending, now_s, spending.misses)
            else:
                self._limits.require_misses(spending, now_s)
        except RateLimited as error:
            return error
        return None
