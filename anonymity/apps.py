"""The app of the vault database; it imports no other app of the board."""

from django.apps import AppConfig


class AnonymityConfig(AppConfig):
    name = "anonymity"

    def ready(self) -> None:
        from anonymity import checks  # noqa: F401  registers them
