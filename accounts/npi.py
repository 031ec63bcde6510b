"""The check digit of an NPI, the number of US health providers. It proves typing, and no licence."""


def npi_is_valid(npi: str) -> bool:
    """Ten digits, the first 1 or 2, the last by Luhn's rule over all of them behind 80840."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit() or npi[0] not in "12":
        return False
    total = 0
    for place, sign in enumerate(reversed("80840" + npi)):
        digit = int(sign)
        if place % 2:  # every second digit from the right
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0
