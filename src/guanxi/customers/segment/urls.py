"""Routes of segments that are not generated: the builder of rules, counting, and the fixed lists."""

from django.urls import path

from guanxi.customers.segment import views

urlpatterns = [
    path("segments/new", views.new_segment, name="segment.rule.new"),
    path("segments/<int:segment_id>/rule", views.edit_rule, name="segment.rule"),
    path("segments/<int:segment_id>/refresh", views.refresh, name="segment.refresh"),
    path("segments/rule/draft", views.change_draft, name="segment.rule.draft"),
    path("segments/rule/fields", views.show_fields, name="segment.rule.fields"),
    path("segments/rule/total", views.show_total, name="segment.rule.total"),
    path("segments/rule/figures", views.show_figures, name="segment.rule.figures"),
    path("segments/rule/why", views.show_why, name="segment.rule.why"),
    path("segments/add", views.add_selected, name="segment.add"),
]
