"""Routes of the user menu."""

from django.urls import path

from guanxi.identity.preference import views

urlpatterns = [
    path("preferences", views.save, name="preference.save"),
    path("preferences/away", views.put_away, name="preference.away"),
    path("preferences/language", views.choose_language, name="preference.language"),
]
