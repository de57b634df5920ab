"""Sets of characters, as Go's regular expressions have them: by range, by name, and in any case.

Names and members are those of `go doc regexp/syntax` and of Go's package `unicode`. What a category of Unicode holds
is what Python's version of Unicode says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import TypeAlias

LAST = 0x10FFFF  # of Unicode's code points
LAST_ASCII = 0x7F
LAST_LETTER = 0x1E943  # of those that have other cases

Ranges: TypeAlias = tuple[tuple[int, int], ...]  # of code points, first and last; in order, and without overlaps

DIGIT: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
NOT_NEWLINE: Ranges = ((0, 9), (11, LAST))
PERL: dict[str, Ranges] = {"d": DIGIT, "s": ((9, 10), (12, 13), (32, 32)), "w": WORD}
POSIX: dict[str, Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0, 0x7F),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (0x7F, 0x7F)),
    "digit": DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((9, 13), (32, 32)),
    "upper": ((0x41, 0x5A),),
    "word": WORD,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
# Letters whose other cases are not just what Python's lower(), upper() and title() say.
CASES = (
    "Kk\u212a Ssſ µΜμ Åå\u212b ßẞ ı Ǆǅǆ Ǉǈǉ Ǌǋǌ Ǳǲǳ \u0345Ιι\u1fbe Ββϐ Εεϵ Θθϑϴ Κκϰ Ππϖ Ρρϱ Σςσ Φφϕ Ωω\u2126 "
    "Ввᲀ Ддᲁ Ооᲂ Ссᲃ Ттᲄᲅ Ъъᲆ Ѣѣᲇ ᲈꙊꙋ Ṡṡẛ"
)
# Python has no table of scripts, so that these are known by name only.
SCRIPTS = """
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
    Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee
    Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi
    Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani
    Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari New_Tai_Lue
    Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic
    Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau
    Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting
    Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet
    Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai Wancho Warang_Citi Yezidi Yi
    Zanabazar_Square
"""


def contains(ranges: Ranges, code: int) -> bool:
    """Whether a code point is in one of the ranges."""
    following = bisect_right(ranges, (code, LAST))
    return following > 0 and ranges[following - 1][1] >= code


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in order, without overlaps."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return tuple(result)


def inverted(ranges: Ranges) -> Ranges:
    """All other code points."""
    lows = [0, *(high + 1 for _, high in ranges)]
    highs = [*(low - 1 for low, _ in ranges), LAST]
    return tuple((low, high) for low, high in zip(lows, highs, strict=True) if low <= high)


@cache
def case_pairs(last: int) -> list[tuple[int, int]]:
    """Each letter up to `last`, with each of its cases, one character for one: `ß` has no upper case `SS` here."""
    groups = {char: group for group in CASES.split() for char in group}
    return [
        (code, ord(case))
        for code, char in enumerate(map(chr, range(last + 1)))
        if not char.lower() == char == char.upper()
        for case in groups.get(char) or (char.lower(), char.upper(), char.title())
        if len(case) == 1
    ]


@cache
def folded(ranges: Ranges) -> Ranges:
    """Ranges with the other cases of their letters."""
    found = set(ranges)
    for low, high in ranges:
        pairs = case_pairs(LAST_ASCII if high <= LAST_ASCII else LAST_LETTER)  # the second list takes its time
        inside = pairs[bisect_left(pairs, (low, 0)) : bisect_right(pairs, (high, LAST))]
        found.update((case, case) for _, case in inside if not low <= case <= high)
    return merged(found)


@cache
def categories() -> dict[str, Ranges]:
    """The code points of each of Unicode's categories: `Lu`, and of all that begin alike: `L`."""
    from unicodedata import category  # not at the top: few expressions name one

    found: dict[str, list[tuple[int, int]]] = {"Any": [(0, LAST)]}
    low = 0
    for name, run in groupby(map(category, map(chr, range(LAST + 1)))):
        low, first = low + sum(1 for _ in run), low
        for key in (name, name[0]) if name != "Cn" else ():  # Go does not count what is unassigned
            found.setdefault(key, []).append((first, low - 1))
    return {name: merged(ranges) for name, ranges in found.items()}
