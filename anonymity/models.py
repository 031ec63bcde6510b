"""The tables of the vault database: keyed tags and seals, no name, no account, no time of day.

Nothing relates to them and they relate to nothing; `vault` alone reads and writes them.
"""

from django.db import models


class Link(models.Model):
    """Whose a persona is: readable with the key only. Inserted once, changed by rotation alone."""

    persona = models.BinaryField(primary_key=True, max_length=16)
    kid = models.PositiveSmallIntegerField()
    seal = models.BinaryField(max_length=92)
    thread_tag = models.BinaryField(max_length=16, unique=True)  # one persona per account and thread
    list_tag = models.BinaryField(max_length=16, unique=True)

    class Meta:
        db_table = "vault_link"
        default_permissions = ()

    def __str__(self) -> str:
        return "a sealed link"


class Block(models.Model):
    """One entry of somebody's log of pauses from anonymous posting. Nobody can read whose or until when."""

    tag = models.BinaryField(primary_key=True, max_length=16)
    kid = models.PositiveSmallIntegerField()
    seal = models.BinaryField(max_length=92)

    class Meta:
        db_table = "vault_block"
        default_permissions = ()

    def __str__(self) -> str:
        return "a sealed pause"


class Rate(models.Model):
    """One used place of somebody's daily allowance, deleted when the day is over.

    A row for each use and not a counter for each author: a counter that grows with two
    posts shows, to whoever holds two dumps, that both have one author.
    """

    bucket = models.BinaryField(primary_key=True, max_length=16)
    day = models.DateField()

    class Meta:
        db_table = "vault_rate"
        default_permissions = ()

    def __str__(self) -> str:
        return "a used place"


class KeyCheck(models.Model):
    """A value only the right key gives, so that a wrong key file is refused and not used."""

    kid = models.PositiveSmallIntegerField(primary_key=True)
    mac = models.BinaryField(max_length=16)

    class Meta:
        db_table = "vault_keycheck"
        default_permissions = ()

    def __str__(self) -> str:
        return f"check of key {self.kid}"
