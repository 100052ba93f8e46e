"""Byte-level BPE that splits exactly as llama.cpp's "gpt-2" pre-tokenizer does, for any Unicode text.

Two kinds of merge are never learned, so that copying is a matter of repeating pieces:
digits stay single, and a space is never glued to a capital (a name reads the same after a quote and after a space).
"""
import json
import re
import string
import sys
import unicodedata
from pathlib import Path

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
SPECIAL_SPLIT = re.compile("(" + "|".join(re.escape(token) for token in SPECIAL) + ")")
WHITE_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # Unicode White_Space


def category_ranges(initial):
    """Regex character ranges of a general category (L, N): Python's \\w and \\d are other sets."""
    ranges, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code))[0] == initial
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


def pre_tokenizer():
    letter, number, space = category_ranges("L"), category_ranges("N"), WHITE_SPACE
    return re.compile(
        f"'s|'t|'re|'ve|'m|'ll|'d| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


def byte_characters():
    """The printable stand-in for each byte, as GPT-2 vocabularies store them."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


class Tokenizer:
    def __init__(self, merges):
        self.bytes = byte_characters()
        self.merges = [tuple(pair) for pair in merges]
        self.rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self.tokens = self.bytes + [a + b for a, b in self.merges] + SPECIAL
        self.id = {token: index for index, token in enumerate(self.tokens)}
        self.split = pre_tokenizer()
        self.known = {}

    def encode_word(self, word):
        if word not in self.known:
            parts = [self.bytes[byte] for byte in word.encode()]
            while len(parts) > 1:
                ranks = [self.rank.get(pair, len(self.rank)) for pair in zip(parts, parts[1:])]
                best = min(range(len(ranks)), key=ranks.__getitem__)
                if ranks[best] == len(self.rank):
                    break
                parts[best:best + 2] = [parts[best] + parts[best + 1]]
            if len(self.known) > 200_000:
                self.known.clear()
            self.known[word] = [self.id[part] for part in parts]
        return self.known[word]

    def encode(self, text):
        ids = []
        for part in SPECIAL_SPLIT.split(text):
            if part in SPECIAL:
                ids.append(self.id[part])
            else:
                for word in self.split.findall(part):
                    ids += self.encode_word(word)
        return ids


LATIN_CAPITALS = {"Ã" + byte_characters()[byte] for byte in range(0x80, 0x9F)}  # À to Þ: C3 80 to C3 9E in UTF-8


def begins_with_capital(token):
    return token[0] in string.ascii_uppercase or token == "Ã" or token[:2] in LATIN_CAPITALS


def may_merge(left, right):
    return not any(c.isdigit() for c in left + right) and not (left == "Ġ" and begins_with_capital(right))


def learn(texts, count):
    """Plain BPE over word frequencies; ties go to the alphabetically first pair, so the result is reproducible."""
    alphabet, frequency, split = byte_characters(), {}, pre_tokenizer()
    for text in texts:
        for part in SPECIAL_SPLIT.split(text):
            if part not in SPECIAL:
                for word in split.findall(part):
                    frequency[word] = frequency.get(word, 0) + 1
    words = [[alphabet[byte] for byte in word.encode()] for word in frequency]
    weights = list(frequency.values())
    pairs, where = {}, {}

    def count_word(index, sign):
        parts = words[index]
        for pair in zip(parts, parts[1:]):
            if may_merge(*pair):
                pairs[pair] = pairs.get(pair, 0) + sign * weights[index]
                where.setdefault(pair, set()).add(index)

    for index in range(len(words)):
        count_word(index, 1)
    merges = []
    while len(merges) < count:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[best] < 2:
            raise ValueError(f"the corpus gives only {len(merges)} merges, {count} were asked for")
        merges.append(best)
        for index in where[best]:
            count_word(index, -1)
            parts, i = words[index], 0
            while i < len(parts) - 1:
                if (parts[i], parts[i + 1]) == best:
                    parts[i:i + 2] = [parts[i] + parts[i + 1]]
                i += 1
            count_word(index, 1)
    return merges


def main():
    """python3 tokenizer.py RUN_FOLDER > tokens.jsonl: texts with their tokens, for the comparison with llama.cpp."""
    merges = json.loads((Path(sys.argv[1]) / "merges.json").read_text(encoding="utf-8"))
    mails = [json.loads(line)["mail"] for line in (Path(__file__).parent / "heldout.jsonl").read_text(encoding="utf-8").splitlines()]
    tricky = ["L’été, à Évry : 1\u202f250,00\u00a0€ !", "Åsa Öberg, Älvsjö; naïve façade, œuvre, ÇA VA ?", "½ kg, m², №5, ٣٤, Ⅷ, 三十", "a\u0301 combining, Ελληνικά, Русский, 日本語, 👩‍💻",
              "  two  spaces \n\n\n newlines\t\ttabs \r\n end ", "it's we'll l'heure d'accord 'tis", "x²+y³=z⁴ snake_case CamelCase A1B2C3", "", " ", "\u3000全角\u2003em", "850:- kr; 12/3; 2026-03-12", "<|im_start|>user\nHej<|im_end|>\n"]
    tokenizer = Tokenizer(merges)
    for text in tricky + mails[::6]:
        print(json.dumps({"text": text, "ids": tokenizer.encode(text)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
