"""docs/running.md: its examples can be copied. They parse, they are valid, and the script keeps the state."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    ConfiguredAirbyteCatalogSerializer,
    StreamDescriptor,
    Type,
)

from integration_tests.needed import command
from source_aws_iam.cli.validation import problems
from source_aws_iam.source import SourceAwsIam
from tools import docs

PAGE = (docs.ROOT / "docs" / "running.md").read_text(encoding="utf-8")
METADATA: dict[str, Any] = yaml.safe_load((docs.ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
SPEC: dict[str, Any] = yaml.safe_load((docs.ROOT / "source_aws_iam" / "manifest.yaml").read_text(encoding="utf-8"))[
    "spec"
]["connection_specification"]

# The name of what is there for shards.
SHARDS = "source-aws-iam-shards"
# As orchestrators and people look for them.
WAYS = """\
Airbyte's UI
abctl
Terraform
Airbyte API
PyAirbyte
Plain command line and cron
Kubernetes CronJob with IRSA
Airflow
Dagster
Shards of a large trail
""".splitlines()

# A stand-in that writes down how it was called, keeps the state that it was given, and says what the test wants.
DOCKER = """\
#!/bin/sh
echo "$@" > called
cp state.json given.json
cat answer
exit "$(cat status)"
"""


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def documents() -> list[dict[str, Any]]:
    """Return what kubectl would apply."""
    return [document for block in blocks("yaml") for document in yaml.safe_load_all(block)]


def named(kind: str, name: str = "source-aws-iam") -> dict[str, Any]:
    [document] = [one for one in documents() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return dict(document)


def pod_of(name: str) -> dict[str, Any]:
    return dict(named("CronJob", name)["spec"]["jobTemplate"]["spec"]["template"]["spec"])


def in_python(block: str) -> Iterator[dict[str, Any]]:
    """Yield the configurations that are passed to PyAirbyte, with a text for what comes from the environment."""

    class Filled(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            return ast.copy_location(ast.Constant("from-the-environment"), node)

    for node in ast.walk(ast.parse(block)):
        if isinstance(node, ast.keyword) and node.arg == "config":
            yield ast.literal_eval(Filled().visit(node.value))


def configurations() -> Iterator[dict[str, Any]]:
    for document in map(json.loads, blocks("json")):
        found = document.get("configuration", document)
        if "credentials" in found:
            yield found
    for block in blocks("python"):
        yield from in_python(block)
    yield json.loads(named("Secret")["stringData"]["config.json"])
    yield json.loads(named("Secret", SHARDS)["stringData"]["config.json"].replace('"JOB_COMPLETION_INDEX"', "3"))


def catalogs() -> list[dict[str, Any]]:
    by_hand = [document for document in map(json.loads, blocks("json")) if "streams" in document]
    return [*by_hand, json.loads(named("ConfigMap")["data"]["catalog.json"])]


def scripts() -> dict[str, str]:
    [by_cron] = [block for block in blocks("sh") if block.startswith("#!/bin/sh")]
    return {"cron": by_cron, "pod": named("ConfigMap")["data"]["sync.sh"]}


def state(name: str, **blob: Any) -> AirbyteStateMessage:
    stream = AirbyteStreamState(stream_descriptor=StreamDescriptor(name=name), stream_state=AirbyteStateBlob(**blob))
    return AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream)


def line(message: AirbyteStateMessage) -> str:
    """Return a state as the connector prints it."""
    return AirbyteEntrypoint.airbyte_message_to_string(AirbyteMessage(type=Type.STATE, state=message))


@pytest.fixture(params=["cron", "pod"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a script of the page, in which the engine or the connector is a stand-in."""
    command = {"cron": "docker", "pod": "source-aws-iam"}[request.param]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / command).write_text(DOCKER)
    (tmp_path / "bin" / command).chmod(0o700)
    (tmp_path / "sync.sh").write_text(scripts()[request.param])
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    return tmp_path


def sync(folder: Path, *lines: str, status: int = 0) -> int:
    (folder / "answer").write_text("".join(f"{one}\n" for one in lines))
    (folder / "status").write_text(str(status))
    return subprocess.run(["sh", "sync.sh", str(folder)], cwd=folder, check=False).returncode


def kept(folder: Path) -> Any:
    return json.loads((folder / "state.json").read_text())


def test_every_way_to_run_it_has_a_section_and_a_link_above() -> None:
    assert re.findall("^## (.+)$", PAGE, re.MULTILINE) == [*WAYS, "When credentials are not found"]
    assert [way for way in WAYS if f"[{way}](#" not in PAGE] == []


def test_every_configuration_is_valid_and_every_policy_parses() -> None:
    found = list(configurations())

    assert len(found) == 6
    assert [problems(config, SPEC) for config in found] == [[]] * len(found)


def test_every_catalog_names_streams_and_modes_that_exist() -> None:
    for catalog in catalogs():
        loaded = ConfiguredAirbyteCatalogSerializer.load(catalog)
        for entry in loaded.streams:
            declared, _ = docs.declared()[entry.stream.name]
            assert entry.sync_mode in declared.supported_sync_modes
            assert entry.stream.supported_sync_modes == declared.supported_sync_modes


def test_every_image_is_the_one_of_this_version() -> None:
    repository, tag = METADATA["dockerRepository"], METADATA["dockerImageTag"]

    images = re.findall(r"(?<![\w.-])((?:[\w.-]+/)*source-aws-iam):([\w.]+)", PAGE)
    assert {name.removeprefix("registry.example.com/") for name, _ in images} == {repository}
    assert {version for _, version in images} == {tag}
    [hcl] = blocks("hcl")
    assert re.findall(r'docker_\w+ += "(.+)"', hcl) == [repository, tag]
    definition = json.loads(blocks("json")[0])
    assert (definition["dockerRepository"], definition["dockerImageTag"]) == (repository, tag)
    assert definition["name"] == METADATA["name"]
    assert f"| Docker full image name | `registry.example.com/{repository}` |" in PAGE
    assert f"| Docker image tag | `{tag}` |" in PAGE
    assert set(re.findall(r"https://docs\.airbyte\.com/integrations/\S+?(?=[\"`])", PAGE)) == {
        METADATA["documentationUrl"]
    }


@pytest.mark.parametrize("block", blocks("python"))
def test_python_compiles(block: str) -> None:
    compile(block, "running.md", "exec")


def test_every_example_for_pyairbyte_replaces_the_inventory_and_merges_the_events() -> None:
    """repo_tests/test_snippets.py runs one of them."""
    readme = (docs.ROOT / "README.md").read_text(encoding="utf-8")
    examples = [block for block in blocks("python", PAGE + readme) if "ab.get_source" in block]

    assert len(examples) == 3
    for block in examples:
        calls = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)]
        reads = [ast.unparse(call) for call in calls if ast.unparse(call.func) == "source.read"]
        assert reads == [
            "source.read(cache, streams=inventory, write_strategy='replace', force_full_refresh=True)",
            "source.read(cache, streams=['audit_events'], write_strategy='merge')",
        ]


@pytest.mark.parametrize("block", [*blocks("bash"), *blocks("sh"), scripts()["pod"]])
def test_a_shell_reads_every_command(block: str) -> None:
    subprocess.run(["sh", "-n"], input=block, text=True, check=True)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="needs Terraform")
def test_terraform_reads_its_resources_and_their_configuration_is_valid(tmp_path: Path) -> None:
    [block] = blocks("hcl")
    subprocess.run(["terraform", "fmt", "-check", "-"], input=block, text=True, check=True, capture_output=True)

    [config] = re.findall(r"jsonencode\(.*?^  }\)", block, re.DOTALL | re.MULTILINE)
    filled = re.sub(r"var\.\w+", '"value_of_a_variable"', config)
    (tmp_path / "main.tf").write_text(f"locals {{\n  config = {filled}\n}}\n")
    command = ["terraform", "console"]
    told = subprocess.run(command, input="local.config", text=True, check=True, capture_output=True, cwd=tmp_path)
    assert problems(json.loads(json.loads(told.stdout)), SPEC) == []


@pytest.mark.parametrize("name", ["source-aws-iam", SHARDS])
def test_a_pod_has_the_account_the_volumes_and_what_these_name(name: str) -> None:
    [account] = [document["metadata"]["name"] for document in documents() if document["kind"] == "ServiceAccount"]
    pod = pod_of(name)
    [container] = pod["containers"]
    sources = [
        *(("Secret", volume["secret"]["secretName"]) for volume in pod["volumes"] if "secret" in volume),
        *(("ConfigMap", volume["configMap"]["name"]) for volume in pod["volumes"] if "configMap" in volume),
        *(
            ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
            for volume in pod["volumes"]
            if "persistentVolumeClaim" in volume
        ),
    ]

    assert {document["metadata"].get("namespace", "aws-iam") for document in documents()} == {"aws-iam"}
    assert pod["serviceAccountName"] == account
    assert {volume["name"] for volume in pod["volumes"]} == {mount["name"] for mount in container["volumeMounts"]}
    assert len([named(*source) for source in sources]) == 3


def test_both_pods_may_do_equally_little() -> None:
    [one], [other] = (pod_of(name)["containers"] for name in ("source-aws-iam", SHARDS))

    assert one["securityContext"] == other["securityContext"]
    assert pod_of("source-aws-iam")["securityContext"] == pod_of(SHARDS)["securityContext"]


def test_the_pod_has_the_files_that_its_script_names() -> None:
    [account] = [document["metadata"]["name"] for document in documents() if document["kind"] == "ServiceAccount"]
    pod = pod_of("source-aws-iam")
    [container] = pod["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}

    assert f"system:serviceaccount:aws-iam:{account}" in PAGE
    assert container["command"] == ["/bin/sh", f"{mounts['catalog']}/sync.sh"]
    script = scripts()["pod"]
    assert f"--config {mounts['config']}/config.json" in script
    assert f"--catalog {mounts['catalog']}/catalog.json" in script
    assert f'cd "${{1:-{mounts["data"]}}}"' in script


def test_the_pod_signs_in_with_the_identity_of_its_account() -> None:
    role = named("ServiceAccount")["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    credentials = json.loads(named("Secret")["stringData"]["config.json"])["credentials"]

    assert f"Base role: `{role}`" in PAGE
    assert credentials["auth_type"] == "iam_role"
    assert "access_key_id" not in credentials
    assert f"`sts:AssumeRole` on `{credentials['role_arn']}`" in PAGE


def test_the_first_sync_begins_without_a_state_and_the_next_one_with_the_last(folder: Path) -> None:
    users, early, late = state("users", done=True), state("audit_events", version=1), state("audit_events", version=2)

    assert sync(folder, '{"type":"LOG"}', line(early), line(late), line(users), '{"type":"RECORD"}') == 0
    assert json.loads((folder / "given.json").read_text()) == []
    assert SourceAwsIam.read_state(str(folder / "state.json")) == [late]

    sync(folder)
    assert SourceAwsIam.read_state(str(folder / "given.json")) == [late]
    assert "--state" in (folder / "called").read_text()


def test_a_sync_without_a_state_leaves_the_one_that_there_is(folder: Path) -> None:
    sync(folder, line(state("audit_events", version=1)))
    before = kept(folder)

    sync(folder, line(state("users", version=2)), '{"type":"RECORD","record":{"data":{"name":"audit_events"}}}')
    assert kept(folder) == before
    assert not (folder / "state.new").exists()


def test_a_sync_that_fails_says_so_and_keeps_what_was_complete(folder: Path) -> None:
    message = state("audit_events", version=3)

    assert sync(folder, line(message), '{"type":"STATE","state":{"type":"STREAM","str', status=1) == 1
    assert SourceAwsIam.read_state(str(folder / "state.json")) == [message]


def test_a_pod_that_is_ended_keeps_the_state_that_the_sync_ends_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in, as the connector does, prints its state when it is told to stop."""
    message = state("audit_events", version=4)
    (tmp_path / "said").write_text(f"{line(message)}\n")
    (tmp_path / "bin").mkdir()
    stand_in = tmp_path / "bin" / "source-aws-iam"
    stand_in.write_text("#!/bin/sh\ntrap 'cat said; exit 143' TERM\n: > began\nsleep 60 & wait\n")
    stand_in.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    (tmp_path / "sync.sh").write_text(scripts()["pod"])
    with subprocess.Popen(["sh", "sync.sh", str(tmp_path)], cwd=tmp_path) as script:
        while not (tmp_path / "began").exists():
            assert script.poll() is None
        script.terminate()
        assert script.wait(timeout=60) == 143
    assert SourceAwsIam.read_state(str(tmp_path / "state.json")) == [message]


def test_the_crontab_starts_the_script_and_never_twice() -> None:
    [entry] = blocks("cron")

    assert re.match(r"(\S+ ){5}flock -n \S+ /srv/aws-iam/sync\.sh ", entry)
    assert '"${1:-/srv/aws-iam}"' in scripts()["cron"]


def test_the_catalog_that_jq_makes_of_discover_has_every_stream_and_reads_events_incrementally() -> None:
    [program] = re.findall(r"jq '(select.*?)' > catalog\.json", PAGE, re.DOTALL)
    streams = [
        {"name": name, "supported_sync_modes": [mode.value for mode in stream.supported_sync_modes], "json_schema": {}}
        for name, (stream, _) in docs.declared().items()
    ]
    printed = f"{json.dumps({'type': 'LOG'})}\n{json.dumps({'type': 'CATALOG', 'catalog': {'streams': streams}})}\n"

    made = subprocess.run([command("jq"), program], input=printed, text=True, check=True, capture_output=True).stdout
    catalog = ConfiguredAirbyteCatalogSerializer.load(json.loads(made))
    assert [entry.stream.name for entry in catalog.streams] == list(docs.declared())
    assert [entry.stream.name for entry in catalog.streams if entry.sync_mode.value == "incremental"] == [
        "audit_events"
    ]
