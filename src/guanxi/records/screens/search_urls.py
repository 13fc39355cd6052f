"""Routes of the search, of what reference fields look up, and of work that devices kept while they were offline."""

from django.urls import path

from guanxi.records.screens import search_views, waiting_views

urlpatterns = [
    path("search", search_views.show_search, name="search"),
    path("search/palette", search_views.palette, name="search.palette"),
    path("lookup/<str:type_name>", search_views.lookup, name="lookup"),
    path("waiting", waiting_views.take, name="waiting"),
]
