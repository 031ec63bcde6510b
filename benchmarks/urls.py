"""The site's addresses and `/floor/`: one small template without a query, the least that a page can cost."""

from django.shortcuts import render
from django.urls import include, path


def floor(request):
    return render(request, "floor.html", {"title": "Floor", "lines": range(10)})


urlpatterns = [path("floor/", floor), path("", include("config.urls"))]
