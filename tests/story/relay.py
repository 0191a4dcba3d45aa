"""A way to a server on which connections can fall silent, as when a machine or a firewall goes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Relay:
    """Passes on to a port of this machine what comes to its own."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.silent = Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.sockets = [self.listener]
        Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def fall_silent(self) -> None:
        """Pass on nothing more on the connections that there are; they stay open. New ones work."""
        self.silent.set()
        self.silent = Event()

    def end(self) -> None:
        """Close everything."""
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self.sockets += [near, far]
                for ends in ((near, far), (far, near)):
                    Thread(target=_pass_on, args=(*ends, self.silent), daemon=True).start()


def _pass_on(source: socket.socket, to: socket.socket, silent: Event) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if not silent.is_set():
                to.sendall(data)
        if not silent.is_set():
            to.shutdown(socket.SHUT_WR)


@contextmanager
def relay(to: int) -> Iterator[Relay]:
    """A relay that ends with the block. to: the port that it leads to."""
    found = Relay(to)
    try:
        yield found
    finally:
        found.end()
