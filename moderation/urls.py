"""Addresses of the moderators' desk."""

from django.urls import path

from moderation.views import queue

app_name = "moderation"
urlpatterns = [
    path("", queue.desk, name="desk"),
    path("queue/", queue.queue, name="queue"),
    path("items/<uuid:item_id>/", queue.item, name="item"),
    path("items/<uuid:item_id>/claim/", queue.claim_item, name="claim-item"),
    path("items/<uuid:item_id>/release/", queue.release_item, name="release-item"),
    path("items/<uuid:item_id>/publish/", queue.publish_item, name="publish-item"),
    path("items/<uuid:item_id>/return/", queue.return_item, name="return-item"),
    path("items/<uuid:item_id>/decline/", queue.decline_item, name="decline-item"),
]
