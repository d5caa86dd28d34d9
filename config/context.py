"""What every page's frame needs to know."""

from django.conf import settings
from django.http import HttpRequest

THEMES = ("auto", "light", "dark")


def site(request: HttpRequest) -> dict[str, object]:
    """The theme chosen, the languages, and the current member with all their memberships (or None)."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "theme": theme if theme in THEMES else "auto",
        "languages": settings.LANGUAGES,
        "member": getattr(request, "member", None),
        "memberships": getattr(request, "memberships", ()),
    }
