"""Stand-in: a table of numbers read from a CSV file, with the few words that the lessons use."""

import csv
from dataclasses import dataclass


@dataclass
class Series:
    values: list

    def mean(self) -> float:
        return sum(self.values) / len(self.values)

    def max(self) -> float:
        return max(self.values)

    def __len__(self) -> int:
        return len(self.values)


@dataclass
class DataFrame:
    columns: dict[str, list]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Series:
        return Series(self.columns[name])

    def drop(self, name: str, axis: int) -> "DataFrame":
        assert axis == 1
        return DataFrame({key: values for key, values in self.columns.items() if key != name})

    def isnull(self) -> "DataFrame":
        return DataFrame({key: [value is None for value in values] for key, values in self.columns.items()})

    def mean(self) -> Series:
        return Series([Series(values).mean() for values in self.columns.values()])

    def rows(self) -> list[tuple]:
        return list(zip(*self.columns.values(), strict=True))


def read_csv(path: str) -> DataFrame:
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return DataFrame({name: [float(row[name]) if row[name] else None for row in rows] for name in rows[0]})
