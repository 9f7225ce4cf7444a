"""Datagrams from anybody: random bytes, and real ones with bytes changed, cut, doubled or inserted."""


def mutated(seeds, rng, count):
    for _ in range(count):
        kind = rng.integers(6)
        if kind == 0:
            yield rng.bytes(int(rng.integers(0, 200)))
            continue
        data = bytearray(seeds[rng.integers(len(seeds))])
        for _ in range(int(rng.integers(1, 5))):
            place = int(rng.integers(len(data))) if data else 0
            if kind == 1 and data:
                data[place] = int(rng.integers(256))
            elif kind == 2:
                del data[place:]
            elif kind == 3:
                data[place:place] = rng.bytes(int(rng.integers(1, 9)))
            elif kind == 4:
                data += data[place : place + 64]
            elif data:
                data[place] ^= 1 << int(rng.integers(8))
        yield bytes(data[:65_000])
