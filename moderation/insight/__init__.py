"""How the desk is doing, for moderators and administrators: waits, backlog, load.

Full hours and counts of texts, never who wrote one: no figure here is an author's.
"""
