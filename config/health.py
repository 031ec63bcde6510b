"""Liveness and readiness, for whoever restarts or routes to this process."""

import asyncio

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from moderation import jobs


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served and posts kept. The live channel and the worker are only reported on.

    To take pages away because notices are late would help nobody, and all pages have the same worker.
    """
    parts = {alias: _database(alias) for alias in settings.DATABASES}
    status = 200 if all(parts.values()) else 503
    age = jobs.age(timezone.now())
    told = {"live": _channel_layer(), "worker": jobs.at_work(age), "worker_age": age}
    return JsonResponse(parts | told, status=status)


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
