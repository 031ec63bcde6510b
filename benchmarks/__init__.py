"""Measurements of the pages under load: `make bench`, read about in docs/performance.md."""
