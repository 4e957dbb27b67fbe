"""The roles of deploy/ allow what the connector calls and nothing else, and only with the external ID."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from repo_tests.cloudformation import Stack, load
from source_aws_iam.check.trail import NEEDS as OF_LOG_FILES
from source_aws_iam.cloudtrail.digests.stream import NEEDS as OF_DIGESTS
from source_aws_iam.streams.call_plan import ROWS
from tools import deploy, docs
from tools.docs import ROOT

GUIDE = ROOT / "docs" / "aws-iam.md"
PERMISSIONS = ROOT / "docs" / "permissions.md"
# cfn-lint is here because moto's server needs it; pyproject.toml does not name it.
CFN_LINT = Path(sys.executable).with_name("cfn-lint")
TEMPLATES = [deploy.ACCOUNT, deploy.ORGANIZATION, deploy.LOG_ARCHIVE]
MODULE = sorted(deploy.TERRAFORM.glob("*.tf"))
ACCOUNT_ID = "123456789012"
PRINCIPAL = "arn:aws:iam::111122223333:user/airbyte"
EXTERNAL_ID = "of-this-test-alone"
EXTERNAL_IDS = {
    deploy.ACCOUNT: {"ExternalId"},
    deploy.ORGANIZATION: {"HubExternalId", "MemberExternalId"},
    deploy.LOG_ARCHIVE: {"ExternalId"},
}
BUCKET = "acme-cloudtrail-logs"
KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LOG_ARCHIVE_ROLE = "arn:aws:iam::222222222222:role/airbyte-log-archive"
PRINCIPALS = [
    "arn:aws:iam::111122223333:root",
    "arn:aws-us-gov:iam::111122223333:user/path/airbyte",
    "arn:aws-cn:iam::111122223333:role/airbyte",
    "arn:aws-eusc:iam::111122223333:role/path/of/airbyte",
]
NO_PRINCIPALS = [
    "*",
    "arn:aws:iam::111122223333:*",
    "arn:aws:iam::111122223333:user/*",
    "arn:aws:iam::*:root",
    f"{PRINCIPAL},*",
    "",
]

templates = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def account_stack(**parameters: str) -> Stack:
    return Stack(
        template=load(text(deploy.ACCOUNT)),
        parameters={"PrincipalArn": PRINCIPAL, "ExternalId": EXTERNAL_ID, **parameters},
        attributes={},
        account_id=ACCOUNT_ID,
    )


def organization_stack(**parameters: str) -> Stack:
    given = {"PrincipalArn": PRINCIPAL, "HubExternalId": EXTERNAL_ID, "MemberExternalId": f"{EXTERNAL_ID}-2"}
    return Stack(
        template=load(text(deploy.ORGANIZATION)),
        parameters={**given, "OrganizationalUnitIds": "r-ab12", **parameters},
        attributes={"HubRole.Arn": f"arn:aws-cn:iam::{ACCOUNT_ID}:role/airbyte-hub"},
        account_id=ACCOUNT_ID,
        partition="aws-cn",
    )


def log_archive_stack(**parameters: str) -> Stack:
    given = {"PrincipalArn": PRINCIPAL, "ExternalId": EXTERNAL_ID, "Bucket": BUCKET}
    return Stack(
        template=load(text(deploy.LOG_ARCHIVE)),
        parameters={**given, **parameters},
        attributes={},
        account_id=ACCOUNT_ID,
    )


def of_bucket(**parameters: str) -> dict[str, dict[str, Any]]:
    """Return {action: its statement} of the role of the log archive account."""
    [policy] = log_archive_stack(**parameters).properties("Role")["Policies"]
    return {one["Action"]: one for one in policy["PolicyDocument"]["Statement"]}


def allowed(role: dict[str, Any]) -> dict[str, list[str]]:
    """Return {policy: its actions} of a resolved role; all that are not limited to some resources."""
    found = {}
    for policy in role["Policies"]:
        [statement] = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Allow"
        if statement["Resource"] == "*":
            found[policy["PolicyName"].replace("-", " ")] = statement["Action"]
    return found


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every statement anywhere in a template, its functions in their long form."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from statements(one)


@pytest.mark.parametrize("path", deploy.FILES, ids=lambda path: path.name)
def test_the_generated_parts_of_a_file_are_current(path: Path) -> None:
    assert text(path) == deploy.current(path), "run python tools/deploy.py"


def test_every_file_with_generated_parts_is_known_and_its_marks_are_whole() -> None:
    marked = [path for path in deploy.DEPLOY.rglob("*.*") if "# generated: " in text(path)]

    assert sorted(marked) == sorted(deploy.FILES)
    for path in marked:
        assert re.findall("# generated: (.+)", text(path)) == [
            name for name in re.findall("# generated: (.+)", deploy.current(path)) if f"# end of {name}\n" in text(path)
        ]


def test_the_command_mends_stale_parts_and_with_check_only_tells(tmp_path: Path) -> None:
    path = tmp_path / "policies.tf"
    path.write_text("a = [\n  # generated: audit events\n  old\n  # end of audit events\n]\n", encoding="utf-8")

    with pytest.raises(SystemExit, match=r"Stale: policies\.tf\. Run python tools/deploy\.py\."):
        deploy.main(["--check"], [path])
    assert "old" in text(path)

    deploy.main([], [path])
    actions = "".join(f'  "{one}",\n' for one in sorted(deploy.groups()["audit events"]))
    assert '"cloudtrail:LookupEvents",\n' in actions
    assert text(path) == f"a = [\n  # generated: audit events\n{actions}  # end of audit events\n]\n"
    deploy.main(["--check"], [path])


def test_each_group_has_the_calls_of_its_services_alone() -> None:
    groups = deploy.groups()

    assert {one.split(":")[0] for one in groups["inventory"]} == {"iam", "ec2", "access-analyzer"}
    assert [one for one in groups["inventory"] if one.startswith("ec2:")] == ["ec2:DescribeRegions"]
    assert {one.split(":")[0] for one in groups["ec2"]} == {"ec2"}
    assert {one.split(":")[0] for one in groups["organization"]} == {"cloudtrail", "organizations"}
    assert {one.split(":")[0] for one in groups["audit events"]} == {"cloudtrail", "ec2"}
    assert "cloudtrail:ListPublicKeys" in groups["organization"]
    assert {"cloudtrail:LookupEvents", "cloudtrail:ListPublicKeys"} < {*groups["audit events"]}


def test_the_groups_together_are_exactly_the_policy_of_the_permissions_page() -> None:
    blocks = re.findall("^```json\n(.*?)^```$", text(PERMISSIONS), re.DOTALL | re.MULTILINE)
    [page] = [one for block in blocks for one in json.loads(block)["Statement"] if "Sid" in one]

    # ec2:DescribeRegions is in two groups, because each may be granted alone.
    assert {one for group in deploy.groups().values() for one in group} == {*page["Action"]}


def test_cfn_lint_finds_nothing_in_the_templates() -> None:
    regions = ["us-east-1", "us-gov-west-1", "cn-north-1"]
    command = [str(CFN_LINT), "--include-checks", "I", "--regions", *regions, "--", *map(str, TEMPLATES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@templates
def test_a_template_is_short_enough_to_be_sent_without_a_bucket(template: Path) -> None:
    assert len(text(template).encode()) < 51_200


@pytest.mark.parametrize("inventory", ["yes", "no"])
@pytest.mark.parametrize("events", ["yes", "no"])
@pytest.mark.parametrize("ec2", ["yes", "no"])
@pytest.mark.parametrize("people", ["yes", "no"])
@pytest.mark.parametrize("organization", ["yes", "no"])
def test_the_role_of_an_account_may_read_the_groups_that_were_chosen(
    inventory: str, events: str, ec2: str, people: str, organization: str
) -> None:
    chosen = {
        "inventory": inventory,
        "audit events": events,
        "ec2": ec2,
        "identity center": people,
        "organization": organization,
    }
    stack = account_stack(
        Inventory=inventory, AuditEvents=events, Ec2=ec2, IdentityCenter=people, IncludeOrganization=organization
    )

    assert allowed(stack.properties("Role")) == {
        name: actions for name, actions in deploy.groups().items() if chosen[name] == "yes"
    }


def test_by_default_the_role_of_an_account_may_read_everything_but_the_organization() -> None:
    assert set(allowed(account_stack().properties("Role"))) == {"inventory", "audit events", "ec2", "identity center"}


@pytest.mark.parametrize(
    ("parameters", "groups"),
    [
        ({}, {"organization", "inventory", "audit events", "ec2", "identity center"}),
        ({"AuditEvents": "no"}, {"organization", "inventory", "ec2", "identity center"}),
        ({"Inventory": "no"}, {"organization", "audit events", "ec2", "identity center"}),
        ({"Ec2": "no"}, {"organization", "inventory", "audit events", "identity center"}),
        ({"IdentityCenter": "no"}, {"organization", "inventory", "audit events", "ec2"}),
        # Only the hub may know permission sets.
        ({"IncludeThisAccount": "no"}, {"organization", "identity center"}),
    ],
)
def test_the_hub_may_list_the_organization_and_read_its_own_account(
    parameters: dict[str, str], groups: set[str]
) -> None:
    found = allowed(organization_stack(**parameters).properties("HubRole"))

    assert found == {name: actions for name, actions in deploy.groups().items() if name in groups}


def test_the_hub_may_assume_the_roles_of_the_members_and_no_others() -> None:
    stack = organization_stack(RolePath="/audit/", RoleName="reader")
    limited = [one for one in statements(stack.properties("HubRole")["Policies"]) if one["Resource"] != "*"]

    assert limited == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws-cn:iam::*:role/audit/reader"}
    ]
    assert stack.outputs() == {
        "HubRoleArn": f"arn:aws-cn:iam::{ACCOUNT_ID}:role/airbyte-hub",
        "MemberRoleName": "audit/reader",
    }
    assert organization_stack().outputs()["MemberRoleName"] == "airbyte-read"


def test_the_stack_set_puts_the_role_of_an_account_into_every_account_of_the_units() -> None:
    stack_set = organization_stack(OrganizationalUnitIds="ou-ab12-11111111,ou-ab12-22222222").properties("MemberRoles")

    assert load(stack_set["TemplateBody"]) == load(text(deploy.ACCOUNT))
    assert stack_set["PermissionModel"] == "SERVICE_MANAGED"
    assert stack_set["AutoDeployment"]["Enabled"] is True
    assert stack_set["StackInstancesGroup"] == [
        {
            "DeploymentTargets": {"OrganizationalUnitIds": ["ou-ab12-11111111", "ou-ab12-22222222"]},
            "Regions": ["us-east-1"],
        }
    ]
    assert {one["ParameterKey"]: one["ParameterValue"] for one in stack_set["Parameters"]} == {
        "PrincipalArn": f"arn:aws-cn:iam::{ACCOUNT_ID}:role/airbyte-hub",
        "ExternalId": f"{EXTERNAL_ID}-2",
        "RoleName": "airbyte-read",
        "RolePath": "/",
        "Inventory": "yes",
        "AuditEvents": "yes",
        "Ec2": "yes",
        "IdentityCenter": "yes",
    }


@templates
def test_a_trust_policy_always_demands_an_external_id_that_has_no_default(template: Path) -> None:
    loaded = load(text(template))
    trusts = [one for one in statements(loaded["Resources"]) if "Principal" in one]

    assert [one["Effect"] for one in trusts] == ["Allow"]
    for trust in trusts:
        [[operator, keys]] = trust["Condition"].items()
        [[key, value]] = keys.items()
        assert (trust["Action"], operator, key) == ("sts:AssumeRole", "StringEquals", "sts:ExternalId")
        assert value["Ref"] in EXTERNAL_IDS[template]
        assert trust["Principal"] == {"AWS": {"Ref": "PrincipalArn"}}
    for name in EXTERNAL_IDS[template]:
        parameter = loaded["Parameters"][name]
        assert "Default" not in parameter
        assert parameter["NoEcho"] is True
        assert parameter["MinLength"] >= 16
        assert not re.fullmatch(parameter["AllowedPattern"], "*" * 16)
        assert re.fullmatch(parameter["AllowedPattern"], "0123456789abcdef" * 2)
    assert {name for name, one in loaded["Parameters"].items() if one.get("NoEcho")} == EXTERNAL_IDS[template]


@templates
def test_a_role_trusts_one_principal_of_any_partition_and_never_everybody(template: Path) -> None:
    parameter = load(text(template))["Parameters"]["PrincipalArn"]

    assert "Default" not in parameter
    assert [one for one in PRINCIPALS if not re.fullmatch(parameter["AllowedPattern"], one)] == []
    assert [one for one in NO_PRINCIPALS if re.fullmatch(parameter["AllowedPattern"], one)] == []


@templates
def test_a_template_names_no_partition(template: Path) -> None:
    resources = load(text(template))["Resources"]
    resources.get("MemberRoles", {"Properties": {}})["Properties"].pop("TemplateBody", None)

    assert "arn:aws" not in json.dumps(resources)


@pytest.mark.parametrize("template", [deploy.ACCOUNT, deploy.ORGANIZATION], ids=lambda path: path.name)
def test_the_answers_to_yes_or_no_are_words_in_yaml_too(template: Path) -> None:
    """A bare `yes` is true in YAML."""
    loaded = yaml.safe_load(re.sub(r"!\w+", "", text(template).split("\nConditions:")[0]))
    asked = [one for one in loaded["Parameters"].values() if "yes" in one.get("AllowedValues", [])]

    assert len(asked) == 5
    assert {tuple(one["AllowedValues"]) for one in asked} == {("yes", "no")}
    assert {one["Default"] for one in asked} <= {"yes", "no"}


def test_the_role_of_the_log_archive_has_the_calls_that_read_a_bucket_and_the_page_names_them() -> None:
    called = {docs.action(call) for plan in (OF_LOG_FILES, OF_DIGESTS) for way in plan[ROWS] for call in way}
    section = text(PERMISSIONS).split("\n### Log files of a trail\n")[1].split("\n#")[0]

    assert called == {"s3:ListBucket", "s3:GetObject"}
    assert {*of_bucket(KmsKeyArn=KEY)} == called | {"kms:Decrypt"}
    assert {*of_bucket()} == called
    # What any account may ask, the configured credentials do.
    assert re.findall(r"^\| `(\w+:\w+)` \|", section, re.MULTILINE) == [
        *of_bucket(KmsKeyArn=KEY),
        "cloudtrail:ListPublicKeys",
    ]


@pytest.mark.parametrize(("prefix", "root"), [("", "AWSLogs/"), ("audit/org", "audit/org/AWSLogs/")])
def test_the_role_of_the_log_archive_reads_what_the_trail_delivers_and_nothing_else(prefix: str, root: str) -> None:
    found = of_bucket(Prefix=prefix, KmsKeyArn=KEY)

    assert found["s3:ListBucket"]["Resource"] == f"arn:aws:s3:::{BUCKET}"
    assert found["s3:ListBucket"]["Condition"] == {"StringLike": {"s3:prefix": f"{root}*"}}
    assert found["s3:GetObject"]["Resource"] == f"arn:aws:s3:::{BUCKET}/{root}*"
    assert (found["kms:Decrypt"]["Resource"], found["kms:Decrypt"]["Condition"]) == (
        KEY,
        {"StringLike": {"kms:ViaService": "s3.*"}},
    )


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("Bucket", [BUCKET, "my.logs"], ["*", "logs/*", "Logs", ""]),
        ("Prefix", ["", "audit", "audit/org", "a_b-c.d"], ["/audit", "audit/", "*", "a?b", "${aws:username}", "a//b"]),
        ("KmsKeyArn", ["", KEY], ["*", KEY.replace(":key/", ":alias/"), f"{KEY}*", KEY.split("/")[1]]),
    ],
)
def test_the_parameters_of_the_log_archive_allow_no_wildcards(parameter: str, good: list[str], bad: list[str]) -> None:
    pattern = load(text(deploy.LOG_ARCHIVE))["Parameters"][parameter]["AllowedPattern"]

    assert [one for one in good if not re.fullmatch(pattern, one)] == []
    assert [one for one in bad if re.fullmatch(pattern, one)] == []


@pytest.mark.parametrize("stack", [account_stack, organization_stack])
def test_a_role_may_assume_that_of_the_log_archive_where_it_is_named(stack: Callable[..., Stack]) -> None:
    resource = "Role" if stack is account_stack else "HubRole"
    found = stack(LogArchiveRoleArn=LOG_ARCHIVE_ROLE).properties(resource)["Policies"]
    [policy] = [one for one in found if one["PolicyName"] == "assume-log-archive-role"]
    before = stack().properties(resource)["Policies"]

    assert policy["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": LOG_ARCHIVE_ROLE}
    ]
    assert [one for one in found if one is not policy] == before


@pytest.mark.parametrize("group", deploy.groups())
def test_the_module_names_the_actions_of_each_group(group: str) -> None:
    module = text(deploy.TERRAFORM / "policies.tf")
    [listed] = re.findall(rf"^    {group.replace(' ', '-')} = \[\n(.*?)^    \]$", module, re.DOTALL | re.MULTILINE)

    assert re.findall('"(.+)"', listed) == deploy.groups()[group]


def test_the_module_demands_an_external_id_of_its_own_and_knows_no_other_actions() -> None:
    module = "".join(map(text, MODULE))
    variables = dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}$', module, re.DOTALL | re.MULTILINE))

    assert 'Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }' in module
    assert "Principal = { AWS = var.principal_arn }" in module
    assert [name for name, body in variables.items() if " default " not in body] == ["principal_arn", "external_id"]
    assert "sensitive   = true" in variables["external_id"]
    assert {*re.findall(r"var\.(\w+)", module)} == {*variables}
    assert {*re.findall(r'"([\w-]+:[A-Z]\w+)"', module)} == {
        *(one for group in deploy.groups().values() for one in group),
        *("sts:AssumeRole", "sts:ExternalId"),
        *of_bucket(KmsKeyArn=KEY),
        "kms:ViaService",
    }


def terraform(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}
    command = ["terraform", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module without its resources: what is left needs no provider, which nobody could install here."""
    folder = tmp_path_factory.mktemp("terraform")
    for name in ("variables.tf", "policies.tf"):
        shutil.copy(deploy.TERRAFORM / name, folder)
    (folder / "outputs.tf").write_text(
        'output "trust_policy" { value = nonsensitive(local.trust_policy) }\n'
        'output "policies" { value = local.policies }\n'
    )
    assert terraform(folder, "init", "-input=false").returncode == 0
    return folder


def applied(folder: Path, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of the module with these variables."""
    (folder / "terraform.tfvars.json").write_text(json.dumps(variables))
    done = terraform(folder, "apply", "-auto-approve", "-input=false")
    assert done.returncode == 0, done.stderr
    return {name: one["value"] for name, one in json.loads(terraform(folder, "output", "-json").stdout).items()}


@needs_terraform
def test_the_module_is_formatted() -> None:
    assert terraform(deploy.TERRAFORM, "fmt", "-check", "-diff").stdout == ""


@needs_terraform
def test_the_documents_of_the_module_are_those_of_the_template(documents: Path) -> None:
    given = {"principal_arn": PRINCIPAL, "external_id": EXTERNAL_ID, "stream_groups": ["inventory"]}
    made = applied(documents, given)
    role = account_stack(AuditEvents="no", Ec2="no", IdentityCenter="no").properties("Role")

    assert json.loads(made["trust_policy"]) == role["AssumeRolePolicyDocument"]
    assert {name: json.loads(one) for name, one in made["policies"].items()} == {
        policy["PolicyName"]: policy["PolicyDocument"] for policy in role["Policies"]
    }


@needs_terraform
def test_the_hub_of_the_module_is_that_of_the_template(documents: Path) -> None:
    principal = "arn:aws-cn:iam::111122223333:user/airbyte"
    made = applied(
        documents,
        {
            "principal_arn": principal,
            "external_id": EXTERNAL_ID,
            "stream_groups": ["organization", "identity-center"],
            "member_role": "audit/reader",
        },
    )
    stack = organization_stack(
        PrincipalArn=principal, IncludeThisAccount="no", RolePath="/audit/", RoleName="reader"
    ).properties("HubRole")

    assert json.loads(made["trust_policy"]) == stack["AssumeRolePolicyDocument"]
    assert {name: json.loads(one) for name, one in made["policies"].items()} == {
        policy["PolicyName"]: policy["PolicyDocument"] for policy in stack["Policies"]
    }


@needs_terraform
@pytest.mark.parametrize(("prefix", "key"), [("", ""), ("audit/org", KEY)])
def test_the_role_of_the_log_archive_of_the_module_is_that_of_the_template(
    prefix: str, key: str, documents: Path
) -> None:
    given = {"principal_arn": PRINCIPAL, "external_id": EXTERNAL_ID, "stream_groups": []}
    bucket = {"name": BUCKET, "prefix": prefix, "kms_key_arn": key}
    made = applied(documents, {**given, "trail_bucket": bucket if prefix else {"name": BUCKET}})
    role = log_archive_stack(Prefix=prefix, KmsKeyArn=key).properties("Role")

    assert json.loads(made["trust_policy"]) == role["AssumeRolePolicyDocument"]
    assert {name: json.loads(one) for name, one in made["policies"].items()} == {
        policy["PolicyName"]: policy["PolicyDocument"] for policy in role["Policies"]
    }


@needs_terraform
def test_a_role_of_the_module_may_assume_that_of_the_log_archive(documents: Path) -> None:
    given = {"principal_arn": PRINCIPAL, "external_id": EXTERNAL_ID, "stream_groups": ["audit-events"]}
    made = applied(documents, {**given, "log_archive_role_arn": LOG_ARCHIVE_ROLE})
    chosen = {"Inventory": "no", "Ec2": "no", "IdentityCenter": "no"}
    role = account_stack(**chosen, LogArchiveRoleArn=LOG_ARCHIVE_ROLE).properties("Role")

    assert {name: json.loads(one) for name, one in made["policies"].items()} == {
        policy["PolicyName"]: policy["PolicyDocument"] for policy in role["Policies"]
    }


@needs_terraform
@pytest.mark.parametrize(("more", "is_made"), [({}, False), ({"trail_bucket": {"name": BUCKET}}, True)])
def test_the_module_makes_no_role_that_is_allowed_nothing(
    more: dict[str, Any], is_made: bool, documents: Path, tmp_path: Path
) -> None:
    """A resource that needs no provider has the condition of the role."""
    for name in ("variables.tf", "policies.tf"):
        shutil.copy(documents / name, tmp_path)
    [condition] = re.findall(r"^  lifecycle \{.*?^  \}\n", text(deploy.TERRAFORM / "main.tf"), re.DOTALL | re.MULTILINE)
    (tmp_path / "main.tf").write_text(f'resource "terraform_data" "role" {{\n{condition}}}\n')
    given = {"principal_arn": PRINCIPAL, "external_id": EXTERNAL_ID, "stream_groups": [], **more}
    (tmp_path / "terraform.tfvars.json").write_text(json.dumps(given))
    assert terraform(tmp_path, "init", "-input=false").returncode == 0
    planned = terraform(tmp_path, "plan", "-input=false", "-no-color")

    assert planned.returncode == (0 if is_made else 1)
    assert ("The role would be allowed nothing." in planned.stderr) is not is_made


@needs_terraform
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("principal_arn", one) for one in NO_PRINCIPALS),
        ("external_id", "fifteen-letters"),
        ("external_id", "sixteen letters!"),
        ("external_id", "x" * 1225),
        ("role_path", "audit"),
        *(("member_role", one) for one in ("*", "/airbyte-read", "audit/", "")),
        ("stream_groups", ["users"]),
        ("max_session_duration", 900),
        ("trail_bucket", {"name": "*"}),
        *(("trail_bucket", {"name": BUCKET, "prefix": one}) for one in ("*", "/audit", "audit/")),
        ("trail_bucket", {"name": BUCKET, "kms_key_arn": "*"}),
        *(("log_archive_role_arn", one) for one in ("*", "", "arn:aws:iam::*:role/airbyte-log-archive")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_module_refuses_what_is_not_meant(variable: str, value: object, documents: Path) -> None:
    given = {"principal_arn": PRINCIPAL, "external_id": EXTERNAL_ID, variable: value}
    (documents / "terraform.tfvars.json").write_text(json.dumps(given))
    planned = terraform(documents, "plan", "-input=false", "-no-color")

    assert planned.returncode == 1
    assert re.search(rf"var\.{variable}\b", planned.stderr)
    assert planned.stderr.count("Error: ") == 1


def commands() -> list[str]:
    blocks = re.findall("^ *```(?:bash|hcl)?\n(.*?)^ *```$", text(GUIDE), re.DOTALL | re.MULTILINE)
    return [block for block in blocks if "ExternalId" in block or "external_id" in block]


def test_the_commands_of_the_guide_give_parameters_that_the_templates_have() -> None:
    seen = set()
    for block in commands():
        for name in re.findall(r"--template-file (\S+)", block):
            parameters = load(text(ROOT / name))["Parameters"]
            given = set(re.findall(r"(?:^|\s)([A-Z]\w+)=", block.split("--parameter-overrides")[1]))
            assert given <= set(parameters)
            assert {key for key, one in parameters.items() if "Default" not in one} <= given
            seen.add(name)

    assert seen == {str(path.relative_to(ROOT)) for path in TEMPLATES}


def test_the_commands_of_the_guide_make_a_random_external_id_and_give_none_of_their_own() -> None:
    values = [one for block in commands() for one in re.findall(r"(?:ExternalId=|external_id *= *)(\S+)", block)]

    assert len(values) == 10
    assert {one for one in values if not re.fullmatch(r'"\$\w+"|var\.\w+|\$\(openssl', one)} == set()
    assert len(re.findall(r"EXTERNAL_ID=\$\(openssl rand -hex 16\)$", text(GUIDE), re.MULTILINE | re.IGNORECASE)) == 5


def test_the_examples_of_the_guide_give_the_module_what_it_demands_and_nothing_that_it_does_not_know() -> None:
    known = {*re.findall(r'^variable "(\w+)"', "".join(map(text, MODULE)), re.MULTILINE), "source", "providers"}
    examples = re.findall(r'^module "(\w+)" \{\n(.*?)^\}$', text(GUIDE), re.DOTALL | re.MULTILINE)
    given = {name: {*re.findall(r"^  (\w+) ", body, re.MULTILINE)} for name, body in examples}

    assert list(given) == ["airbyte_read", "airbyte_hub", "airbyte_member", "airbyte_trail_hub", "airbyte_log_archive"]
    for names in given.values():
        assert {"source", "principal_arn", "external_id"} <= names <= known
    assert "member_role" in given["airbyte_hub"]


def test_the_module_makes_a_hub_only_where_it_is_asked_for() -> None:
    module = text(deploy.TERRAFORM / "policies.tf")
    member_role = text(deploy.TERRAFORM / "variables.tf").split('variable "member_role"')[1].split("variable ")[0]

    assert "default     = null" in member_role
    assert re.findall(r"for role in (.+?) : \"assume-roles\"", module) == ["var.member_role[*]"]
    assert re.findall(r"Resource += \"(arn:.+)\"", module) == [
        'arn:${split(":", var.principal_arn)[1]}:iam::*:role/${role}'
    ]
