"""Hyperscan in streaming mode over a text, in 64 KiB chunks: megabytes a second of this process's time on the processor.

Arguments: a file of JSON with [hexadecimal literal, whether its letters match in either case, a class and a count that follow it
or null], and the text. Answers a line of JSON for each way to compile them.
"""

import json
import sys
import time

import hyperscan as hs

CHUNK = 64 * 1024


def escaped(literal):
    return b"".join(b"\\x%02x" % byte for byte in literal)


def measured(name, expressions, flags, chunks, size):
    database = hs.Database(mode=hs.HS_MODE_STREAM)
    database.compile(
        expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags
    )
    matches = 0

    def matched(*_):
        nonlocal matches
        matches += 1

    def scan(handler):
        begun = time.process_time()
        with database.stream(match_event_handler=handler) as stream:
            for chunk in chunks:
                stream.scan(chunk)
        return time.process_time() - begun

    # Calls of Python cost more than the search, so matches are counted in a run of their own.
    scan(matched)
    seconds = sorted(scan(None) for _ in range(3))[1]
    version = database.info().decode().strip()
    print(json.dumps({"name": name, "speed": size / 1e6 / seconds, "matches": matches, "version": version}), flush=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        patterns = [(bytes.fromhex(literal), any_case, tail) for literal, any_case, tail in json.load(file)]
    with open(sys.argv[2], "rb") as file:
        text = file.read()
    chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    case = [hs.HS_FLAG_CASELESS if any_case else 0 for _, any_case, _ in patterns]
    literals = [escaped(literal) for literal, _, _ in patterns]
    measured("literals", literals, case, chunks, len(text))
    # Nearer to what our native checks see: a literal, and enough of what its secret is made of, where it follows directly.
    whole = [literal + (tail.encode() if tail else b"") for literal, (_, _, tail) in zip(literals, patterns)]
    measured("literals with bodies", whole, case, chunks, len(text))


main()
