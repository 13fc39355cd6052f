"""The addresses of single sign-on; django-allauth includes them below ``account/``."""

from django.urls import path

from guanxi.identity.single_sign_on import views

urlpatterns = [
    path("oidc/<str:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
