"""docs/running.md: the pods, sources and tasks of shards, run as they stand. Together they read everything once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.trail import Trail
from integration_tests.conftest import FAST
from integration_tests.connector import clean_environment, read
from integration_tests.forked_command import forking_command
from integration_tests.needed import command
from integration_tests.test_incremental import event, ids
from repo_tests.test_running_guide import SHARDS, SPEC, blocks, catalogs, named, pod_of, scripts
from source_aws_iam.cli.validation import problems

HOME = "123456789012"
# Each of four shards has one or more.
REGIONS = ("us-east-1", "eu-west-1", "eu-west-3", "eu-north-1", "ap-southeast-2", "ca-central-1")
EVENTS = [f"{region}-{number}" for region in REGIONS for number in range(5)]
# A stand-in that writes down what it was sent.
CURL = '#!/bin/sh\ncat > "sent-$(ls | wc -l)"\n'


def job() -> dict[str, Any]:
    return dict(named("CronJob", SHARDS)["spec"]["jobTemplate"]["spec"])


def documented() -> dict[str, Any]:
    """The configuration of the pods, before each has its number."""
    return dict(json.loads(named("Secret", SHARDS)["stringData"]["config.json"]))


@pytest.fixture
def trail(empty_aws: EmbeddedAws) -> Trail:
    """Log files of six Regions."""
    made = open_trail(empty_aws)
    writer = TrailWriter(empty_aws, made)
    for region in REGIONS:
        writer.write([event(f"{region}-{number}", 5 + number, region) for number in range(5)], account_id=HOME)
    return made


@pytest.fixture
def empty_aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(lookup_rate=None) as aws:
        yield aws


@dataclass
class Cluster:
    """The folders of a pod, in one of the test. The volume stays from pod to pod."""

    folder: Path
    config: dict[str, Any]

    def __post_init__(self) -> None:
        for name in ("secret", "config", "catalog", "data"):
            (self.folder / name).mkdir()
        (self.folder / "secret" / "config.json").write_text(json.dumps(self.config))
        (self.folder / "catalog" / "catalog.json").write_text(json.dumps(catalogs()[-1]))
        (self.folder / "catalog" / "sync.sh").write_text(self._here(scripts()["pod"]))

    def _here(self, script: str) -> str:
        return re.sub(r"/(?=(secret|config|catalog|data)/)", f"{self.folder}/", script)

    def run(self, index: int) -> subprocess.CompletedProcess[str]:
        """Run the pod of one index to its end."""
        [container] = pod_of(SHARDS)["containers"]
        path = f"{forking_command().parent}:{os.environ['PATH']}"
        environment = {**clean_environment(self.folder), "PATH": path, "JOB_COMPLETION_INDEX": str(index)}
        arguments = [self._here(one) for one in container["command"][1:]]
        return subprocess.run(
            ["sh", *arguments], env=environment, cwd=self.folder, check=False, capture_output=True, text=True
        )

    def take(self, index: int) -> list[str]:
        """Return the ids of the events that a shard has read by now, and take its records away."""
        found = []
        for file in sorted((self.folder / "data" / f"shard-{index}" / "records").glob("*.jsonl")):
            messages = map(json.loads, file.read_text().splitlines())
            found += [one["record"]["data"]["event_id"] for one in messages if one["type"] == "RECORD"]
            file.unlink()
        return found


@pytest.fixture
def cluster(empty_aws: EmbeddedAws, trail: Trail, tmp_path: Path) -> Cluster:
    """The documented configuration, but for the place of the bucket and who reads it."""
    source = {
        name: value for name, value in documented()["audit_source"].items() if name not in {"role_arn", "external_id"}
    }
    return Cluster(tmp_path, empty_aws.config(audit_source={**source, "bucket": trail.bucket.name}, **FAST))


def test_the_pods_together_read_every_event_once_and_go_on_from_their_own_states(
    empty_aws: EmbeddedAws, trail: Trail, cluster: Cluster, tmp_path: Path
) -> None:
    whole = empty_aws.config(audit_source={"mode": "trail_bucket", "bucket": trail.bucket.name}, **FAST)
    undivided = Counter(ids(read(whole, tmp_path, streams=["audit_events"])))
    indexes = range(job()["completions"])

    assert [(pod.returncode, pod.stderr) for pod in map(cluster.run, indexes)] == [(0, "")] * len(indexes)
    by_shard = [cluster.take(index) for index in indexes]
    assert Counter(one for found in by_shard for one in found) == undivided == Counter(EVENTS)
    assert all(by_shard), "a shard had nothing to read"
    for region in REGIONS:
        records = [event(f"late-{region}", 1, region)]
        TrailWriter(empty_aws, trail, seed=12).write(records, account_id=HOME, late=timedelta(hours=1))
    for index in indexes:
        cluster.run(index)
    again = [one for index in indexes for one in cluster.take(index)]
    assert Counter(again) == Counter(f"late-{region}" for region in REGIONS)


def test_a_pod_whose_number_did_not_get_into_its_configuration_reads_nothing_and_fails(cluster: Cluster) -> None:
    assert problems(documented(), SPEC) == ["audit_source.shard_index must be of type integer."]
    text = (cluster.folder / "secret" / "config.json").read_text()
    (cluster.folder / "secret" / "config.json").write_text(text.replace("JOB_COMPLETION_INDEX", "job_completion_index"))

    assert cluster.run(0).returncode == 1
    assert cluster.take(0) == []


def test_there_is_a_pod_for_each_shard_and_one_that_fails_ends_no_other() -> None:
    """Kubernetes takes `backoffLimitPerIndex` for Indexed Jobs alone, whose pods are never restarted in place."""
    found = job()

    assert found["completionMode"] == "Indexed"
    assert found["completions"] == documented()["audit_source"]["shard_count"]
    assert 1 <= found["parallelism"] <= found["completions"]
    assert (found["backoffLimitPerIndex"], found["template"]["spec"]["restartPolicy"]) == (1, "Never")
    assert named("CronJob", SHARDS)["spec"]["concurrencyPolicy"] == "Forbid"
    assert named("PersistentVolumeClaim", SHARDS)["spec"]["accessModes"] == ["ReadWriteMany"]


def test_the_sources_that_are_made_for_airbyte_are_valid_and_one_for_each_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("jq")
    [block] = [one for one in blocks("bash") if "shard_index" in one]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "curl").write_text(CURL)
    (tmp_path / "bin" / "curl").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    [source] = [one for one in map(json.loads, blocks("json")) if "configuration" in one]
    plain = {name: one for name, one in documented()["audit_source"].items() if not name.startswith("shard_")}
    (tmp_path / "source.json").write_text(
        json.dumps({**source, "configuration": {**source["configuration"], "audit_source": plain}})
    )
    subprocess.run(["sh", "-euc", block], cwd=tmp_path, check=True, env={**os.environ, "API": "a", "TOKEN": "t"})
    sent = [json.loads(file.read_text()) for file in sorted(tmp_path.glob("sent-*"))]

    assert [problems(one["configuration"], SPEC) for one in sent] == [[]] * 4
    sources = [one["configuration"]["audit_source"] for one in sent]
    assert sorted(one["shard_index"] for one in sources) == [*range(4)]
    assert {one["shard_count"] for one in sources} == {4} == {len(connections())}
    assert len({one["name"] for one in sent}) == 4


class Operator:
    """A stand-in for Airflow's operators, with the arguments of those that were made."""

    made: list[dict[str, Any]]

    def __init__(self, **arguments: Any) -> None:
        self.made.append(arguments)

    @classmethod
    def partial(cls, **arguments: Any) -> Mapped:
        return Mapped(arguments, cls.made)


@dataclass
class Mapped:
    arguments: dict[str, Any]
    made: list[dict[str, Any]]

    def expand(self, **lists: list[Any]) -> None:
        [(name, values)] = lists.items()
        self.made += [{**self.arguments, name: value} for value in values]


class Dag:
    def __init__(self, name: str, **_: Any) -> None:
        self.name = name

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def connections() -> list[str]:
    """Run the DAG of shards with stand-ins for Airflow, and return the connections that its tasks sync."""
    made: list[dict[str, Any]] = []
    airflow, operators = ModuleType("airflow"), ModuleType("airflow.providers.airbyte.operators.airbyte")
    vars(airflow)["DAG"] = Dag
    vars(operators)["AirbyteTriggerSyncOperator"] = type("AirbyteTriggerSyncOperator", (Operator,), {"made": made})
    stand_ins = {"airflow": airflow, operators.__name__: operators}
    [block] = [one for one in blocks("python") if ".expand(" in one]
    with pytest.MonkeyPatch.context() as patch:
        for name, module in stand_ins.items():
            patch.setitem(sys.modules, name, module)
        for name in ("airflow.providers", "airflow.providers.airbyte", "airflow.providers.airbyte.operators"):
            patch.setitem(sys.modules, name, ModuleType(name))
        exec(compile(block, "running.md", "exec"), {})  # noqa: S102 - it is our own example
    assert {(one["task_id"], one["airbyte_conn_id"]) for one in made} == {("sync", "airbyte_default")}
    return [one["connection_id"] for one in made]


def test_the_mapped_task_syncs_each_connection_once() -> None:
    found = connections()

    assert len({*found}) == len(found) == 4
