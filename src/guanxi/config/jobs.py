"""Background jobs of all features, for the worker to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procrastinate import App, JobContext

if TYPE_CHECKING:
    from procrastinate.middleware import SyncCallNext
    from procrastinate.worker import Worker


def ready(app: App) -> None:
    """Add every feature's tasks to the queue's application, once it is ready."""
    from guanxi.customers.segment.tasks import blueprint as segment
    from guanxi.identity.shaping.tasks import blueprint as configuration
    from guanxi.insights.scoring.tasks import blueprint as scoring
    from guanxi.records.api.tasks import blueprint as api
    from guanxi.records.importing.tasks import blueprint as importing
    from guanxi.records.maintenance import blueprint as maintenance
    from guanxi.records.outbox.tasks import blueprint as outbox
    from guanxi.records.screens.bulk_jobs import blueprint as bulk
    from guanxi.records.shaping.tasks import blueprint as shaping
    from guanxi.work.attachment.tasks import blueprint as attachment
    from guanxi.work.notification.tasks import blueprint as notification

    app.add_tasks_from(outbox, namespace="outbox")
    app.add_tasks_from(scoring, namespace="scoring")
    app.add_tasks_from(segment, namespace="segment")
    app.add_tasks_from(maintenance, namespace="maintenance")
    app.add_tasks_from(api, namespace="api")
    app.add_tasks_from(importing, namespace="importing")
    app.add_tasks_from(attachment, namespace="attachment")
    app.add_tasks_from(notification, namespace="notification")
    app.add_tasks_from(shaping, namespace="shaping")
    app.add_tasks_from(bulk, namespace="bulk")
    app.add_tasks_from(configuration, namespace="configuration")
    others = app.worker_defaults.get("task_middleware", [])
    app.worker_defaults["task_middleware"] = [*others, _with_present_shapes]


def _with_present_shapes(call: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    """Do a job with the record types and fields as administrators have shaped them by now."""
    from guanxi.records.shaping.live import keep_up_now

    keep_up_now()
    return call()
