"""Stand-in: how many of the answers are right."""


def accuracy_score(y, predictions: list) -> float:
    right = [truth == answer for truth, answer in zip(y.values, predictions, strict=True)]
    return sum(right) / len(right)
