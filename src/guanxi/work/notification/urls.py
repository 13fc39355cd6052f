"""Routes of notifications."""

from django.urls import path

from guanxi.work.notification import views, wishes_views

urlpatterns = [
    path("notifications", views.show_notifications, name="notification.list"),
    path("notifications/menu", views.menu, name="notification.menu"),
    path("notifications/read", views.read, name="notification.read"),
    path("notifications/push", views.push, name="notification.push"),
    path("settings/notifications/", wishes_views.show_wishes, name="settings.notifications"),
]
