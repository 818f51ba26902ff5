"""Stand-in: answers without a network."""

import asyncio


class ClientSession:
    async def __aenter__(self) -> "ClientSession":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def get(self, url: str) -> "Response":
        return Response(url)


class Response:
    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> "Response":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def text(self) -> str:
        await asyncio.sleep(0)
        return f"the page at {self.url}"
