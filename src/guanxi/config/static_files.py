"""Serves the built files of the front end; one that a newer build has taken away is not found rather than a failure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise knows the files as they were when the process began; pages from before a build ask for older ones."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a file, or go on where there is none at this address any more."""
        try:
            response: HttpResponseBase = super().__call__(request)
        except FileNotFoundError:
            if request.path_info not in self.files:
                raise
            response = self.get_response(request)
        return response
