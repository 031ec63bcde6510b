"""The digest: the mail of new threads that a member chose, on the day and at the hour they chose."""
