"""Background jobs of all features, for the worker to find."""

from __future__ import annotations

from procrastinate import App


def ready(app: App) -> None:
    """Add every feature's tasks to the queue's application, once it is ready."""
    from guanxi.customers.segment.tasks import blueprint as segment
    from guanxi.insights.scoring.tasks import blueprint as scoring
    from guanxi.records.api.tasks import blueprint as api
    from guanxi.records.importing.tasks import blueprint as importing
    from guanxi.records.maintenance import blueprint as maintenance
    from guanxi.records.outbox.tasks import blueprint as outbox
    from guanxi.work.attachment.tasks import blueprint as attachment

    app.add_tasks_from(outbox, namespace="outbox")
    app.add_tasks_from(scoring, namespace="scoring")
    app.add_tasks_from(segment, namespace="segment")
    app.add_tasks_from(maintenance, namespace="maintenance")
    app.add_tasks_from(api, namespace="api")
    app.add_tasks_from(importing, namespace="importing")
    app.add_tasks_from(attachment, namespace="attachment")
