"""Addresses of break-glass, which an installation without it does not have."""

from django.urls import path

from breakglass.views import requests

app_name = "breakglass"
urlpatterns = [
    path("", requests.all_requests, name="requests"),
    path("ask/", requests.ask, name="ask"),
    path("<uuid:request_id>/", requests.one_request, name="request"),
    path("<uuid:request_id>/approve/", requests.approve_request, name="approve"),
    path("<uuid:request_id>/refuse/", requests.refuse_request, name="refuse"),
    path("<uuid:request_id>/wait/", requests.agree_to_wait_with_notice, name="wait"),
    path("<uuid:request_id>/tell/", requests.tell_author_now, name="tell"),
    path("<uuid:request_id>/open/", requests.opening, name="open"),
    path("<uuid:request_id>/key/", requests.turn, name="key"),
    path("<uuid:request_id>/name/", requests.name, name="name"),
]
