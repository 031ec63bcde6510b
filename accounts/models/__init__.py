from accounts.models.account import Account
from accounts.models.verification import COUNTS, Result, Verification

__all__ = ["COUNTS", "Account", "Result", "Verification"]
