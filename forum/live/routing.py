"""Where the live socket answers."""

from django.urls import path

from forum.live.consumers import LiveConsumer

websocket_urlpatterns = [path("ws/live/", LiveConsumer.as_asgi())]
