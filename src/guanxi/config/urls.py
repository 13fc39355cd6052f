"""All routes: generated ones of every record type, then those that features write by hand."""

from django.urls import clear_url_caches, include, path

from guanxi.config import home, installable, my_day, start
from guanxi.records.api.urls import api_urls
from guanxi.records.live import views as live
from guanxi.records.screens.routes import record_routes
from guanxi.records.shaping.live import after_loading
from guanxi.ui import speculation

_WRITTEN = [
    path("live", live.ask_live, name="live"),  # asked most often of all
    path("api/v1/", include(api_urls())),
    path("", home.show_home, name="home"),
    path("", include("guanxi.insights.urls")),
    path("", include("guanxi.identity.urls")),
    path("", include("guanxi.identity.preference.urls")),
    path("", include("guanxi.records.screens.search_urls")),
    path("", include("guanxi.records.importing.urls")),
    path("", include("guanxi.records.time_machine.urls")),
    path("", include("guanxi.customers.segment.urls")),
    path("", include("guanxi.work.attachment.urls")),
    path("", include("guanxi.work.notification.urls")),
    path("ui/", include("guanxi.ui.urls")),
    path("settings/start/", start.show_start, name="start"),
    path("tours/<str:name>", start.show_tour, name="tour"),
    path("", include("guanxi.packs.sample.urls")),
    path("my-day", my_day.show_day, name="my_day"),
    path("offline", installable.show_offline, name="offline"),
    path("manifest.webmanifest", installable.show_manifest, name="manifest"),
    path("service-worker.js", installable.show_worker, name="service_worker"),
    path(speculation.PATH, speculation.show_rules),
    path("", include("guanxi.identity.shaping.urls")),
]
urlpatterns = [*_WRITTEN, *record_routes()]


@after_loading
def route_again() -> None:
    """Give record types that administrators made their addresses, and take those of deleted ones away."""
    urlpatterns[:] = [*_WRITTEN, *record_routes()]
    clear_url_caches()


handler403 = "guanxi.config.errors.not_allowed"
handler404 = "guanxi.config.errors.not_found"
