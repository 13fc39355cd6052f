"""Routes of files that are not generated: upload and download."""

from django.urls import path

from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.work.attachment import views
from guanxi.work.attachment.record_type import ATTACHMENT

_OF_CUSTOMER, _OF_FILE = {"record_type": CUSTOMER}, {"record_type": ATTACHMENT}

urlpatterns = [
    path("customers/<int:record_id>/files", views.files_of_record, _OF_CUSTOMER, name="attachment.upload"),
    path("files/<int:record_id>/download", views.download, _OF_FILE, name="attachment.download"),
    path("files/<int:record_id>/remove", views.remove, _OF_FILE, name="attachment.remove"),
]
