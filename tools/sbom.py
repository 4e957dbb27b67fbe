"""Write software bills of materials: the packages that the images of the connector and the destination are built with.

    python tools/sbom.py [FOLDER]    build unless said otherwise: sbom.cdx.json, and sbom-destination.cdx.json

They are CycloneDX 1.6 as JSON, the same to the byte for the same poetry.lock, project file and docs/licenses.md. There
are libraries for this, but the lock is all that there is to say, and each of them would be one more package to lock.
The base image, with its Python and its operating system, is not in them.
"""

import json
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from packaging.markers import Marker
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.licences import UNKNOWN, on_page
from tools.locked_requirements import LOCK, marker_of, toml

ROOT: Final = LOCK.parent
BUILD: Final = ROOT / "build"
# What the base image in Dockerfile and metadata.yaml brings.
PYTHON: Final = (3, 11)
IMAGE: Final = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.0",
    "python_version": "3.11",
    "sys_platform": "linux",
}
MACHINES: Final = ("x86_64", "aarch64")

Package = dict[str, Any]


class Image(NamedTuple):
    """An image: the file of its bill, its project file, and the group of the lock that it is built with."""

    file: str
    project: Path
    group: str


CONNECTOR: Final = Image("sbom.cdx.json", ROOT / "pyproject.toml", "main")
DESTINATION: Final = Image(
    "sbom-destination.cdx.json", ROOT / "destination_security_lake" / "pyproject.toml", "destination"
)


def holds(marker: str, extras: Iterable[str] = ()) -> bool:
    """Return whether a condition is true in the image, for a package that was asked for with these extras."""
    return not marker or any(Marker(marker).evaluate({**IMAGE, "extra": extra}) for extra in ("", *extras))


def in_image(packages: Iterable[Package], group: str) -> dict[str, Package]:
    """Return the packages that an image gets, by name."""
    return {
        package["name"]: package
        for package in packages
        if group in package["groups"] and holds(marker_of(package.get("markers"), [group]))
    }


def asked_for(dependencies: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (name, {"markers": …, "extras": …}) for each way in which a package asks for another."""
    for name, wanted in dependencies.items():
        for one in wanted if isinstance(wanted, list) else [wanted]:
            yield canonicalize_name(name), one if isinstance(one, dict) else {}


def graph(own: Mapping[str, Any], packages: Mapping[str, Package]) -> dict[str, list[str]]:
    """Return {package: those that it needs in the image}, "" for what the image is of."""
    wishes = {"": own, **{name: package.get("dependencies", {}) for name, package in packages.items()}}
    extras: dict[str, set[str]] = {}
    for wish in wishes.values():
        for name, how in asked_for(wish):
            extras.setdefault(name, set()).update(how.get("extras", []))
    return {
        asking: sorted(
            {
                name
                for name, how in asked_for(wish)
                if name in packages and holds(how.get("markers", ""), extras.get(asking, ()))
            }
        )
        for asking, wish in wishes.items()
    }


def fits(file: str) -> bool:
    """Return whether pip would install a file into the image, on one machine or another."""
    if not file.endswith(".whl"):
        return False
    here = [*cpython_tags(PYTHON, platforms=["any"]), *compatible_tags(PYTHON, "cp311", platforms=["any"])]
    known = {(tag.interpreter, tag.abi) for tag in here}
    return any(
        (tag.interpreter, tag.abi) in known
        and (tag.platform == "any" or (tag.platform.startswith("manylinux") and tag.platform.endswith(MACHINES)))
        for tag in parse_wheel_filename(file)[3]
    )


def purl(name: str, version: str) -> str:
    """Return the address by which scanners for vulnerabilities know a package."""
    return f"pkg:pypi/{name}@{version}"


def component(package: Package, licences: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Return what there is to say of one package. A file is named, and not where it was downloaded from."""
    name, version = package["name"], package["version"]
    address = purl(name, version)
    files = sorted((file["file"], file["hash"].removeprefix("sha256:")) for file in package["files"])
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "description": package["description"],
        "licenses": stated(licences.get((name, version), UNKNOWN)),
        "purl": address,
        "externalReferences": [
            {"type": "distribution", "url": file, "hashes": [{"alg": "SHA-256", "content": content}]}
            for file, content in files
            if fits(file)
        ],
    }


def stated(licence: str) -> list[dict[str, Any]]:
    """Return a licence as CycloneDX has it: one by its id, several as an expression."""
    return [{"expression": licence}] if " " in licence else [{"license": {"id": licence}}]


def bill(image: Image = CONNECTOR) -> dict[str, Any]:
    """Return the whole document of an image."""
    project = toml(image.project)["tool"]["poetry"]
    packages = in_image(toml(LOCK)["package"], image.group)
    licences = on_page()
    needs = graph({name: how for name, how in project["dependencies"].items() if name != "python"}, packages)
    itself = f"{project['name']}@{project['version']}"
    references = {"": itself, **{name: purl(name, package["version"]) for name, package in packages.items()}}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": stated(project["license"]),
            },
        },
        "components": [component(packages[name], licences) for name in sorted(packages)],
        "dependencies": [
            {"ref": references[name], "dependsOn": [references[needed] for needed in needs[name]]}
            for name in sorted(needs)
        ],
    }
    # A number of its own for each content, so that it too is the same for the same content.
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(document, sort_keys=True))
    return {**document, "serialNumber": f"urn:uuid:{number}"}


def main(arguments: list[str]) -> None:
    """Write them."""
    folder = Path(arguments[0]) if arguments else BUILD
    folder.mkdir(parents=True, exist_ok=True)
    for image in (CONNECTOR, DESTINATION):
        path, found = folder / image.file, bill(image)
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path}: {len(found['components'])} packages")


if __name__ == "__main__":
    main(sys.argv[1:])
