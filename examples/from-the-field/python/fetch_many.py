"""Several URLs at once, from a server of its own. python fetch_many.py"""

import asyncio
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prefect import flow, task


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"This is {self.path}".encode())

    def log_message(self, *_: object) -> None:
        pass


@task(retries=2)
async def fetch_url(url: str) -> str:
    response = await asyncio.to_thread(urllib.request.urlopen, url)
    return response.read().decode()


@flow
async def fetch_many(urls: list[str]) -> list[int]:
    pages = await asyncio.gather(*(fetch_url(url) for url in urls))
    return [len(page) for page in pages]


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(asyncio.run(fetch_many([f"http://127.0.0.1:{server.server_port}{path}" for path in ("/", "/get")])))
