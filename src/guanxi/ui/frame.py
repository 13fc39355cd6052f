"""What a page says about itself to the frame around it: its title, where it hangs, which place is current."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from guanxi.ui.shell import Crumb

_KEY = "guanxi_frame"


@dataclass(frozen=True, slots=True)
class Frame:
    """Title (``h1`` and browser title), breadcrumb and current place of one page; ``place`` is an address."""

    title: str = ""
    breadcrumbs: tuple[Crumb, ...] = ()
    place: str = ""
    notice: str = ""


def frame_page(
    request: HttpRequest, title: str, breadcrumbs: tuple[Crumb, ...] = (), *, place: str = "", notice: str = ""
) -> None:
    """Tell the frame what this page is; call once in a view before rendering a whole page.

    ``place`` is the sidebar address to mark as current: the first breadcrumb, or the page itself, when left out.
    """
    where = place or (breadcrumbs[0].url if breadcrumbs else request.path)
    request.META[_KEY] = Frame(title, breadcrumbs, where, notice)


def session_holds(request: HttpRequest, name: str) -> bool:
    """Say whether the session of this request holds ``name``, without reading it where that is known."""
    names: frozenset[str] | None = getattr(request, "session_names", None)
    return name in (request.session if names is None else names)


def frame_of(request: HttpRequest) -> Frame:
    """Return what the page said about itself; an empty frame when it said nothing."""
    frame = request.META.get(_KEY)
    return frame if isinstance(frame, Frame) else Frame(place=request.path)
