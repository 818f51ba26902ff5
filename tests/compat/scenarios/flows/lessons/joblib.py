"""Stand-in: objects in files."""

import pickle


def dump(value: object, path: str) -> None:
    with open(path, "wb") as file:
        pickle.dump(value, file)


def load(path: str) -> object:
    with open(path, "rb") as file:
        return pickle.load(file)
