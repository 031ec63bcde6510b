"""What other pages may show: that this board has break-glass, and how often it was used."""

from django.http import HttpRequest

from breakglass.models import UnmaskRequest


def every_page(request: HttpRequest) -> dict:
    """Nothing is counted unless the template asks for it."""
    return {"break_glass": True, "break_glass_years": UnmaskRequest.objects.by_year}
