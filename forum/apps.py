from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from forum import receivers  # noqa: F401  they are connected by being read
        from forum.search import checks  # noqa: F401  registers it
