"""A static host on the loopback: files of a folder, and beside one a word that says how badly it is served.

    python static_host.py FOLDER

prints its port. ``NAME.served`` may hold ``endless``, ``trickling``, ``silent`` or a status such as ``503``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Serves files below ``folder``."""

    folder: Path

    def do_GET(self):
        path = self.folder / self.path.lstrip("/")
        word = path.with_name(path.name + ".served")
        how = word.read_text() if word.exists() else ""
        if how.isdigit() or not path.is_file():
            self.send_error(int(how or 404))
            return
        self.send_response(200)
        self.end_headers()
        content = path.read_bytes()
        if how == "silent":
            time.sleep(60)
        try:
            if how:
                for at in range(10**9):
                    self.wfile.write(content[at : at + 1] or b" " * (100_000 if how == "endless" else 1))
                    time.sleep(0.1 * (how == "trickling"))
            self.wfile.write(content)
        except OSError:
            pass

    def log_message(self, *_: object):
        pass


def serve(folder):
    """Serves until the process ends."""
    Handler.folder = Path(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def static_host(folder):
    """The address of a process that serves a folder."""
    command = [sys.executable, "-S", "-E", __file__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


if __name__ == "__main__":
    serve(sys.argv[1])
