"""A Channels consumer that accepts and does nothing: what a socket costs without the board."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from config.asgi import application as board


class Bare(AsyncWebsocketConsumer):
    pass


application = ProtocolTypeRouter(
    {
        "http": board.application_mapping["http"],
        "websocket": URLRouter([path("ws/live/", Bare.as_asgi())]),
    }
)
