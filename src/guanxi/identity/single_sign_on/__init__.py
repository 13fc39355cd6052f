"""Signing in with the company's OpenID Connect provider: django-allauth's flow with every check of the standard."""
