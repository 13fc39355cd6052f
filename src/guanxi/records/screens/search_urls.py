"""Routes of the search and of what reference fields look up."""

from django.urls import path

from guanxi.records.screens import search_views

urlpatterns = [
    path("search", search_views.show_search, name="search"),
    path("search/palette", search_views.palette, name="search.palette"),
    path("lookup/<str:type_name>", search_views.lookup, name="lookup"),
]
