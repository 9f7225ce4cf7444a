import io

from hypothesis import given, settings
from hypothesis import strategies as st

from app.takes.log import LogReader, LogWriter


def write_log(path, payloads):
    writer = LogWriter(path)
    for kind, payload in enumerate(payloads):
        writer.append(kind, payload)
    writer.sync()
    writer.close()
    return path.read_bytes()


def read(data):
    reader = LogReader(io.BytesIO(data))
    return [(record.kind, record.payload) for record in reader], reader.damaged_bytes


PAYLOADS = [b"first", b"", bytes(range(256)), b"\xf5XLR" * 3, b"last"]


def test_what_is_written_is_read(tmp_path):
    data = write_log(tmp_path / "take.log", PAYLOADS)
    assert read(data) == (list(enumerate(PAYLOADS)), 0)


def test_a_log_cut_at_any_byte_gives_the_records_before_the_cut(tmp_path):
    data = write_log(tmp_path / "take.log", PAYLOADS)
    ends = [0]
    for payload in PAYLOADS:
        ends.append(ends[-1] + 16 + len(payload))
    for cut in range(len(data) + 1):
        whole = sum(end <= cut for end in ends) - 1
        assert read(data[:cut]) == (list(enumerate(PAYLOADS))[:whole], cut - ends[whole])


def test_one_flipped_bit_loses_one_record_and_no_other(tmp_path):
    data = write_log(tmp_path / "take.log", PAYLOADS)
    everything = list(enumerate(PAYLOADS))
    for position in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[position // 8] ^= 1 << position % 8
        records, damaged_bytes = read(bytes(damaged))
        assert len(records) == len(everything) - 1
        assert [each for each in everything if each in records] == records
        assert damaged_bytes > 0


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=200_000))
def test_noise_is_no_record(noise, more):
    assert read(noise + more)[0] == []


def test_reading_goes_on_after_a_long_damaged_stretch(tmp_path):
    data = write_log(tmp_path / "take.log", PAYLOADS)
    records, damaged_bytes = read(b"\0" * 70_000 + b"\xf5XL" + data)
    assert records == list(enumerate(PAYLOADS))
    assert damaged_bytes == 70_003
