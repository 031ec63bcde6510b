"""Which database a table lives in: the vault's tables in `vault`, all others in `default`."""


class VaultRouter:
    def db_for_read(self, model, **hints) -> str | None:
        return "vault" if model._meta.app_label == "anonymity" else None

    db_for_write = db_for_read

    def allow_relation(self, one, other, **hints) -> bool | None:
        """Nothing may point from an account or a post into the vault, or back."""
        labels = [one._meta.app_label, other._meta.app_label]
        return False if "anonymity" in labels else None

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return (db == "vault") == (app_label == "anonymity")
