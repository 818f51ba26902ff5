"""Stand-in: a classifier that answers as the nearest row that it has seen."""


class RandomForestClassifier:
    def fit(self, x, y) -> None:
        self.seen = list(zip(x.rows(), y.values, strict=True))

    def predict(self, x) -> list:
        return [min(self.seen, key=lambda known: distance(known[0], row))[1] for row in x.rows()]


def distance(left: tuple, right: tuple) -> float:
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))
