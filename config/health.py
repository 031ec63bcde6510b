"""Liveness and readiness, for whoever restarts or routes to this process."""

import asyncio

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse, JsonResponse


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served and posts kept; the live channel may be down and is only reported."""
    parts = {alias: _database(alias) for alias in settings.DATABASES}
    ready = all(parts.values())
    return JsonResponse({**parts, "live": _channel_layer()}, status=200 if ready else 503)


def _database(alias: str) -> bool:
    try:
        connections[alias].ensure_connection()
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _channel_layer() -> bool:
    try:
        async_to_sync(_echo)()
    except Exception:  # whatever the layer raises, it is not live
        return False
    return True


async def _echo() -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(2):
        await layer.send("readyz", {"type": "ready"})
        await layer.receive("readyz")
