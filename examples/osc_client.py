"""Prints the root of every person from the plain OSC stream.

Start the sender (`python main.py send-test osc://`), then `python examples/osc_client.py`.
"""

import sys

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer


def show(address: str, *values: float) -> None:
    """Print one message: /smplx/PERSON/transl x y z."""
    print(address.split("/")[2], *(f"{value:.3f}" for value in values))


def main(port: int) -> None:
    """Listen until Ctrl-C."""
    dispatcher = Dispatcher()
    dispatcher.map("/smplx/*/transl", show)
    BlockingOSCUDPServer(("127.0.0.1", port), dispatcher).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9101)
