"""The worker's tasks, found in its registry."""

from django.utils.module_loading import autodiscover_modules
from huey.contrib.djhuey import HUEY


def run_every_task() -> None:
    """Do once what the worker does by its clock, and whatever waits in its queue."""
    autodiscover_modules("tasks")  # as the worker does when it starts
    assert HUEY._registry.periodic_tasks
    for periodic in HUEY._registry.periodic_tasks:
        periodic.execute()
    while (task := HUEY.dequeue()) is not None:
        task.execute()


def waiting_tasks() -> list[str]:
    """Every task that is queued or planned, with all that it carries."""
    return [repr((task.name, task.args, task.kwargs)) for task in [*HUEY.pending(), *HUEY.scheduled()]]
