from breakglass.models.request import Ground, Half, State, UnmaskRequest

__all__ = ["Ground", "Half", "State", "UnmaskRequest"]
