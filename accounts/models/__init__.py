from accounts.models.account import Account
from accounts.models.employer import Employer
from accounts.models.verification import COUNTS, Result, Verification

__all__ = ["COUNTS", "Account", "Employer", "Result", "Verification"]
