"""Addresses of the board (product.md section 5)."""

from django.urls import path, register_converter

from forum.feeds import TagFeed, ThreadsFeed
from forum.models.tag import Facet
from forum.models.thread import ALPHABET
from forum.views import (
    anonymity,
    ask,
    browse,
    digest,
    export,
    flag,
    inbox,
    leave,
    mine,
    notices,
    returning,
    thread,
)


class PublicId:
    regex = f"[{ALPHABET}]{{12}}"
    to_python = to_url = staticmethod(str)


class FacetName:
    regex = "|".join(Facet.values)
    to_python = to_url = staticmethod(str)


class Position:
    regex = "[0-9]{1,15}"
    to_python = staticmethod(int)
    to_url = staticmethod(str)


class Handle:
    regex = "[0-9a-f]{32}"
    to_python = to_url = staticmethod(str)


register_converter(PublicId, "public_id")
register_converter(Handle, "handle")
register_converter(FacetName, "facet")
register_converter(Position, "position")

app_name = "forum"
urlpatterns = [
    path("", browse.home, name="home"),
    path("threads/<public_id:public_id>/", thread.thread, name="thread-short"),
    path("threads/<public_id:public_id>/since/<position:position>/", thread.since, name="thread-since"),
    path("threads/<public_id:public_id>/act/consult/", thread.reply, name="consult"),
    path("threads/<public_id:public_id>/act/perspective/", thread.perspective, name="perspective"),
    path("threads/<public_id:public_id>/act/follow/", thread.follow_thread, name="follow-thread"),
    path("threads/<public_id:public_id>/<slug:slug>/", thread.thread, name="thread"),
    path("posts/<uuid:post_id>/flag/", flag.flag_post, name="flag-post"),
    path("posts/flagged/", flag.flagged, name="flagged"),
    path("ask/", ask.ask_page, name="ask"),
    path("ask/similar/", ask.similar, name="similar"),
    path("ask/sent/", ask.sent, name="sent"),
    path("anonymity/", anonymity.how_it_works, name="anonymity"),
    path("search/", browse.find, name="search"),
    path("tags/", browse.tags, name="tags"),
    path("tags/<facet:facet>/<slug:slug>/", browse.tag, name="tag"),
    path("tags/<facet:facet>/<slug:slug>/follow/", browse.follow_tag, name="follow-tag"),
    path("tags/<facet:facet>/<slug:slug>/feed.atom", TagFeed(), name="tag-feed"),
    path("feeds/threads.atom", ThreadsFeed(), name="feed"),
    path("my/settings/notices/", notices.notice_settings, name="notice-settings"),
    path("my/settings/digest/", digest.digest, name="digest"),
    path("my/settings/digest/preview/", digest.preview, name="digest-preview"),
    path("digest/unsubscribe/<str:token>/", digest.unsubscribe_page, name="unsubscribe"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="read-all"),
    path("inbox/since/<position:cursor>/", inbox.since, name="inbox-since"),
    path("inbox/<position:notice_id>/", inbox.open_notice, name="open-notice"),
    path("my/threads/", mine.my_threads, name="my-threads"),
    path("my/threads/<public_id:public_id>/", mine.my_thread, name="my-thread"),
    path("my/threads/<public_id:public_id>/withdraw/", mine.withdraw_named, name="withdraw"),
    path("my/anonymous/", mine.my_anonymous, name="my-anonymous"),
    path("my/anonymous/export/", export.export_anonymous, name="export-anonymous"),
    path("my/anonymous/<handle:handle>/", mine.my_persona, name="my-persona"),
    path("my/anonymous/<handle:handle>/withdraw/", mine.withdraw_anonymous, name="withdraw-anonymous"),
    path("my/export/", export.export_named, name="export"),
    path("my/delete/", leave.delete_account, name="delete-account"),
    path("my/delete/done/", leave.left, name="left"),
    path("return/", returning.come_back, name="return"),
    path("return/withdraw/", returning.withdraw_by_code, name="withdraw-by-code"),
]
