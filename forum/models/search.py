"""The searchable words of published posts: no author, no persona, only what a reader may read."""

from django.db import models


class SearchEntry(models.Model):
    post = models.OneToOneField("forum.Post", models.CASCADE, related_name="search_entry")
    thread = models.ForeignKey("forum.Thread", models.CASCADE, related_name="search_entries")
    title = models.CharField(max_length=150, blank=True)  # of the thread, on its question's entry
    words = models.TextField()

    def __str__(self) -> str:
        return f"search entry {self.pk}"
