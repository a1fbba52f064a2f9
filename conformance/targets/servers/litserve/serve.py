"""An endpoint made with LitServe: `serve.py PORT`. What the model says is fixed; all else is the framework's."""

import sys
from collections.abc import Iterator
from typing import Any

import litserve


class Chat(litserve.LitAPI):
    """Says the same five words to everybody."""

    def setup(self, device: str) -> None:
        """Load nothing."""

    def predict(self, prompt: Any) -> Iterator[str]:
        """Yield the words of an answer."""
        del prompt
        yield from ("Hello ", "there, ", "this ", "is ", "it.")


class Vectors(litserve.LitAPI):
    """Gives each text a vector of its length and its letters."""

    def setup(self, device: str) -> None:
        """Load nothing."""

    def decode_request(self, request: Any) -> list[Any]:
        """Return the inputs."""
        return list(request.ensure_list())

    def predict(self, inputs: list[Any]) -> list[list[float]]:
        """Return a vector for each input."""
        return [[len(str(one)) / 100, sum(map(ord, str(one))) % 997 / 997, 0.3, 0.4] for one in inputs]

    def encode_response(self, output: list[list[float]]) -> dict[str, Any]:
        """Return what the specification of embeddings asks for."""
        return {"embeddings": output}


if __name__ == "__main__":
    apis = [Chat(spec=litserve.OpenAISpec()), Vectors(spec=litserve.OpenAIEmbeddingSpec())]
    litserve.LitServer(apis, accelerator="cpu").run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
