"""Where administrators shape records."""

from django.urls import path

from guanxi.identity.shaping import choice_views as choices
from guanxi.identity.shaping import field_views as fields
from guanxi.identity.shaping import layout_views as layout
from guanxi.identity.shaping import rule_views as rules
from guanxi.identity.shaping import transfer_views as transfer
from guanxi.identity.shaping import type_views as types

_TYPE = "settings/records/<str:type_name>/"

urlpatterns = [
    path("settings/configuration/", transfer.show_configuration, name="settings.configuration"),
    path("settings/configuration/file/", transfer.download, name="settings.configuration.download"),
    path("settings/configuration/<int:file_id>/", transfer.show_file, name="settings.configuration.file"),
    path("settings/configuration/<int:file_id>/apply/", transfer.apply_file, name="settings.configuration.apply"),
    path("settings/records/", types.show_types, name="settings.types"),
    path("settings/records/new/", types.new_type, name="settings.type.new"),
    path("settings/records/state/", types.show_state, name="settings.types.state"),
    path(_TYPE, fields.show_fields, name="settings.type"),
    path(f"{_TYPE}edit/", types.edit_type, name="settings.type.edit"),
    path(f"{_TYPE}delete/", types.remove_type, name="settings.type.delete"),
    path(f"{_TYPE}restore/", types.take_back_type, name="settings.type.restore"),
    path(f"{_TYPE}fields/new/", fields.choose_kind, name="settings.field.kind"),
    path(f"{_TYPE}fields/new/<str:kind>/", fields.new_field, name="settings.field.new"),
    path(f"{_TYPE}fields/<int:field_id>/", fields.edit_field, name="settings.field"),
    path(f"{_TYPE}fields/<int:field_id>/delete/", fields.remove_field, name="settings.field.delete"),
    path(f"{_TYPE}fields/<int:field_id>/restore/", fields.take_back_field, name="settings.field.restore"),
    path(f"{_TYPE}choices/<str:field_name>/", choices.edit_choices, name="settings.choices"),
    path(f"{_TYPE}choices/<str:field_name>/reset/", choices.reset_choices, name="settings.choices.reset"),
    path(f"{_TYPE}formula/", fields.try_formula, name="settings.formula"),
    path(f"{_TYPE}layout/", layout.edit_layout, name="settings.layout"),
    path(f"{_TYPE}rules/", rules.show_rules, name="settings.rules"),
    path(f"{_TYPE}rules/new/", rules.new_rule, name="settings.rule.new"),
    path(f"{_TYPE}rules/<int:rule_id>/", rules.edit_rule, name="settings.rule"),
    path(f"{_TYPE}rules/<int:rule_id>/delete/", rules.remove_rule, name="settings.rule.delete"),
]
