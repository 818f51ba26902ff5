"""Blocks: secrets, classes of one's own, blocks within blocks, and what the server shows of a secret."""

from tempfile import mkdtemp

from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.filesystems import LocalFileSystem
from pydantic import BaseModel, Field, SecretStr

from kit.checks import check, contains, equal, raises, run_checks


class Credentials(Block):
    """Who may read the warehouse."""

    _block_type_name = "Compat Credentials"

    user: str
    password: SecretStr


class Options(BaseModel):
    retries: int = 3
    token: SecretStr | None = None


class Warehouse(Block):
    _block_type_name = "Compat Warehouse"
    _block_schema_capabilities = ["read", "write"]

    host: str = Field(description="Where it is")
    credentials: Credentials
    options: Options = Options()


@check("a secret is saved and loaded")
def secret():
    Secret(value="hush").save("plain-secret")
    equal(Secret.load("plain-secret").get(), "hush")


@check("a secret's value may be any JSON")
def structured_secret():
    Secret(value={"user": "ada", "ports": [1, 2]}).save("structured-secret")
    equal(Secret.load("structured-secret").get(), {"user": "ada", "ports": [1, 2]})


@check("a secret is masked for whoever does not ask for it")
def masked():
    Secret(value="hush-hush").save("masked-secret")
    with get_client(sync_client=True) as client:
        shown = client.read_block_document_by_name("masked-secret", "secret", include_secrets=False)
        told = client.read_block_document_by_name("masked-secret", "secret", include_secrets=True)
    equal((shown.data["value"], told.data["value"]), ("********", "hush-hush"))


@check("a name that is taken is written over only where that is said")
def overwrite():
    Secret(value="first").save("once")
    contains(str(raises(ValueError, lambda: Secret(value="second").save("once"))), "already in use")
    Secret(value="second").save("once", overwrite=True)
    equal(Secret.load("once").get(), "second")


@check("a block that is not there is not found, by its name")
def missing():
    contains(str(raises(ValueError, lambda: Secret.load("never-saved"))), "never-saved")


@check("a class of one's own is registered as it is saved, and loaded as itself")
def own_class():
    Credentials(user="ada", password="lovelace").save("ada")
    loaded = Credentials.load("ada")
    equal((loaded.user, loaded.password.get_secret_value()), ("ada", "lovelace"))
    with get_client(sync_client=True) as client:
        type_ = client.read_block_type_by_slug("compat-credentials")
        equal((type_.name, type_.description), ("Compat Credentials", "Who may read the warehouse."))
        schema = client.read_block_schema_by_checksum(Credentials._calculate_schema_checksum())
        equal((schema.block_type_id, schema.fields["secret_fields"]), (type_.id, ["password"]))


@check("a block within a block is kept once, and is what it was when it is loaded")
def nested():
    Credentials(user="grace", password="hopper").save("grace")
    Warehouse(host="db", credentials=Credentials.load("grace"), options=Options(token="key")).save("main")
    Credentials(user="grace", password="changed").save("grace", overwrite=True)
    loaded = Warehouse.load("main")
    equal((loaded.host, loaded.credentials.user), ("db", "grace"))
    equal(loaded.credentials.password.get_secret_value(), "changed", "the nested block is a reference")
    equal((loaded.options.retries, loaded.options.token.get_secret_value()), (3, "key"))


@check("secret fields of nested models and blocks are masked")
def nested_masked():
    with get_client(sync_client=True) as client:
        shown = client.read_block_document_by_name("main", "compat-warehouse", include_secrets=False)
    equal(shown.data["options"]["token"], "********")
    equal(shown.data["credentials"]["password"], "********")
    equal((shown.data["credentials"]["user"], shown.data["host"]), ("grace", "db"))


@check("a block that was not saved may be part of one that is")
def anonymous():
    Warehouse(host="other", credentials=Credentials(user="anon", password="x")).save("with-anonymous")
    equal(Warehouse.load("with-anonymous").credentials.user, "anon")


@check("a schema has its capabilities, and what its nested blocks can do")
def capabilities():
    with get_client(sync_client=True) as client:
        schema = client.read_block_schema_by_checksum(Warehouse._calculate_schema_checksum())
    equal(set(schema.capabilities), {"read", "write"})


@check("the schema of a saved block is found by the checksum of its class")
def schema_by_checksum():
    Secret(value="hush").save("by-checksum")
    LocalFileSystem(basepath=mkdtemp()).save("by-checksum")
    Warehouse(host="w", credentials=Credentials(user="ada", password="hush")).save("by-checksum")
    with get_client(sync_client=True) as client:
        for kind in (Secret, LocalFileSystem, Credentials, Warehouse):
            checksum = kind._calculate_schema_checksum()
            found = client.read_block_schema_by_checksum(checksum, kind.get_block_schema_version())
            equal((kind.__name__, found.checksum), (kind.__name__, checksum))


@check("the load by the general class finds the kind by its slug")
def by_slug():
    block = Block.load("compat-credentials/ada")
    equal((type(block).__name__, block.user), ("Credentials", "ada"))


@check("saved blocks are listed by their kind")
def listed():
    with get_client(sync_client=True) as client:
        documents = client.read_block_documents_by_type("compat-credentials")
        equal([document.name for document in documents], ["ada", "grace"])


@check("a class that has changed has another schema, and older documents keep theirs")
def changed_class():
    class Changed(Block):
        _block_type_name = "Compat Credentials"

        user: str
        password: SecretStr
        realm: str = "default"

    Changed(user="new", password="p").save("newer")
    equal((Changed.load("newer").realm, Credentials.load("ada").user), ("default", "ada"))


@check("a block is deleted")
def deleted():
    Secret(value="x").save("short-lived")
    Secret.delete("short-lived")
    raises(ValueError, lambda: Secret.load("short-lived"))


@check("a file system block keeps files where it says")
def file_system():
    LocalFileSystem(basepath=mkdtemp()).save("scratch")
    scratch = LocalFileSystem.load("scratch")
    scratch.write_path("a/b.txt", b"content")
    equal(scratch.read_path("a/b.txt"), b"content")


if __name__ == "__main__":
    run_checks()
