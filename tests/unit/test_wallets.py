"""Addresses of chains: the examples of EIP-55, BIP-173 and BIP-350, and one change in each."""

import pytest

from fairlead.adapters.wallets import ChainAddresses
from fairlead.domain.funding.chains import chain_of
from fairlead.domain.funding.errors import FundsValueError

RULES = ChainAddresses()
ETHEREUM, BITCOIN = (chain_of(name, with_tests=False) for name in ("ethereum", "bitcoin"))
# Source: EIP-55, "Test cases".
CHECKED = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
# Source: BIP-173 and BIP-350, "Test vectors".
SEGWIT = [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
]


@pytest.mark.parametrize("address", CHECKED)
def test_an_address_with_its_checksum_is_taken_in_one_form(address: str) -> None:
    assert RULES.parse(address, chain=ETHEREUM) == address
    assert RULES.parse(address.lower(), chain=ETHEREUM) == address


@pytest.mark.parametrize("address", CHECKED[2:])
def test_one_letter_in_another_case_is_refused(address: str) -> None:
    for place, letter in enumerate(address[2:], start=2):
        if letter.isalpha():
            wrong = address[:place] + letter.swapcase() + address[place + 1 :]
            with pytest.raises(FundsValueError, match="checksum"):
                RULES.parse(wrong, chain=ETHEREUM)


@pytest.mark.parametrize(
    "address", ["", "0x", CHECKED[0][2:], CHECKED[0] + "0", "0X" + CHECKED[0][2:], "0x" + "0" * 40, f" {CHECKED[0]}"]
)
def test_another_shape_is_refused(address: str) -> None:
    with pytest.raises(FundsValueError):
        RULES.parse(address, chain=ETHEREUM)


@pytest.mark.parametrize("address", SEGWIT)
def test_a_segwit_address_is_taken_and_any_change_of_a_letter_refused(address: str) -> None:
    assert RULES.parse(address, chain=BITCOIN) == address.lower()
    for place in range(4, len(address)):
        letter = "q" if address[place].lower() != "q" else "p"
        wrong = address.lower()[:place] + letter + address.lower()[place + 1 :]
        with pytest.raises(FundsValueError):
            RULES.parse(wrong, chain=BITCOIN)


@pytest.mark.parametrize(
    "address",
    [
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8F3T4",
        # Version 0 with the checksum of the later versions.
        "BC1Q0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "bc1" + "q" * 200,
        "bc1\u0661",
        "",
    ],
)
def test_another_network_mixed_case_and_older_forms_are_refused(address: str) -> None:
    with pytest.raises(FundsValueError):
        RULES.parse(address, chain=BITCOIN)


def test_a_test_network_is_taken_where_it_is_configured() -> None:
    with pytest.raises(FundsValueError, match="bitcoin, ethereum"):
        chain_of("bitcoin-testnet", with_tests=False)
    testnet = chain_of("bitcoin-testnet", with_tests=True)
    assert RULES.parse("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", chain=testnet).startswith("tb1")
