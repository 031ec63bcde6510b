"""The worker's tasks, found in its registry."""

from huey.contrib.djhuey import HUEY


def run_every_task() -> None:
    """Do once what the worker does by its clock, and whatever waits in its queue."""
    for periodic in HUEY._registry.periodic_tasks:
        periodic.execute()
    while (task := HUEY.dequeue()) is not None:
        task.execute()


def waiting_tasks() -> list[str]:
    """Every task that is queued or planned, with all that it carries."""
    return [repr((task.name, task.args, task.kwargs)) for task in [*HUEY.pending(), *HUEY.scheduled()]]
