"""A credential from a secret block; made on first use. python read_secret.py"""

from prefect import flow, task
from prefect.blocks.system import Secret


@task
def read_secret() -> int:
    return len(Secret.load("api-token").get())


@flow
def use_secret() -> int:
    Secret(value="abc123").save("api-token", overwrite=True)
    return read_secret()


if __name__ == "__main__":
    print(f"The token has {use_secret()} characters")
