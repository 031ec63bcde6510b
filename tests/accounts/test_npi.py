"""The check digit of an NPI, by the documented example and its near misses."""

import pytest

from accounts.npi import npi_is_valid

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("npi", ["1234567893", "1993999998", "2000000002"])
def test_a_number_whose_last_digit_fits_is_one(npi):
    assert npi_is_valid(npi)


@pytest.mark.parametrize(
    "npi",
    ["1234567890", "1234567839", "0234567893", "123456789", "1234567893 ", "12345678931", "", "١٢٣٤٥٦٧٨٩٣"],
)
def test_anything_else_is_none(npi):
    assert not npi_is_valid(npi)
