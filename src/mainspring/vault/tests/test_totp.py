"""Codes by time, as RFC 6238 has them, and what is no seed."""

import base64

import pytest

from mainspring.vault.totp import NoSeed, Seed
from mainspring.vault.wifi import wifi_picture

KEYS = {"SHA1": b"12345678901234567890", "SHA256": b"12345678901234567890123456789012"}
KEYS["SHA512"] = (b"1234567890" * 7)[:64]
CODES = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize(("second", "sha1", "sha256", "sha512"), CODES)
def test_the_codes_of_the_rfc(second: int, sha1: str, sha256: str, sha512: str) -> None:
    for algorithm, code in {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}.items():
        secret = base64.b32encode(KEYS[algorithm]).decode()
        seed = Seed.read(f"otpauth://totp/Acme:carol?secret={secret}&digits=8&algorithm={algorithm}&issuer=Acme")
        assert seed.at(second) == code
        assert Seed.read(seed.address) == seed


def test_typed_letters_are_a_seed() -> None:
    assert Seed.read(" jbsw y3dp-ehpk 3pxp ") == Seed.read("JBSWY3DPEHPK3PXP")
    assert Seed.read("JBSWY3DPEHPK3PXP").at(0) == "282760"


@pytest.mark.parametrize(
    "text",
    ["", "0189", "JBSWY3D", "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP", "otpauth://totp/x?secret=", "otpauth://totp/x",
     "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=x", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=9",
     "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=MD5", "otpauth://[/"],
)  # fmt: skip
def test_anything_else_is_none_and_is_not_repeated(text: str) -> None:
    with pytest.raises(NoSeed) as error:
        Seed.read(text)
    assert not text or text not in str(error.value)


def test_a_page_gets_the_codes_of_its_time_and_no_more() -> None:
    seed = Seed.read("JBSWY3DPEHPK3PXP")
    codes = seed.codes(100, seconds=30)
    assert [(one.begins, one.ends) for one in codes] == [(-10, 20), (20, 50)]
    assert [one.digits for one in codes] == [seed.at(100), seed.at(120)]


def test_a_wifi_is_a_picture() -> None:
    assert wifi_picture("Acme; guests", 'a"b\\c;d').startswith("data:image/svg+xml")
    assert wifi_picture("open", "") != wifi_picture("open", "password")
