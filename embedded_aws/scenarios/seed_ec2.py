"""EC2 and its networks: much in the first Region, less in the second, and in the others what AWS puts there."""

from __future__ import annotations

from datetime import datetime
from random import Random

from embedded_aws.scenarios.planted_region import PlantedRegion
from embedded_aws.scenarios.seed_connections import plant_connections
from embedded_aws.scenarios.seed_images import plant_images
from embedded_aws.scenarios.seed_instance_roles import grant
from embedded_aws.scenarios.seed_instances import Surroundings, plant_machines
from embedded_aws.scenarios.seed_interfaces import Interface, plant_free_address, plant_interface
from embedded_aws.scenarios.seed_launches import plant_key_pairs, plant_launch_templates
from embedded_aws.scenarios.seed_machines import MACHINES
from embedded_aws.scenarios.seed_network_acls import plant_network_acls
from embedded_aws.scenarios.seed_networks import plant_networks
from embedded_aws.scenarios.seed_prefix_lists import plant_prefix_lists
from embedded_aws.scenarios.seed_routes import plant_routes
from embedded_aws.scenarios.seed_security_groups import plant_security_groups
from embedded_aws.server.cloud import Cloud

_USED = 2
"""So many Regions are used."""
IN_SECOND_REGION = ("web", "by main table", "stopped", "no address", "closed by ACL", "no metadata")
"""The machines that are in the second Region too."""


def plant_ec2(cloud: Cloud, seed: int, now: datetime, *, management: str) -> None:
    """Fill all Regions of the home account, and give its instance profiles policies. `now` is naive UTC.

    `management` is the management account of the organization with which images are shared.
    """
    profiles = grant(cloud.iam())
    for number, name in enumerate(cloud.regions):
        rng = Random(f"{seed} {cloud.account_id} {name}")  # noqa: S311 - reproducible, not secret
        region, used = PlantedRegion(cloud, number, rng, now), number < _USED
        networks = plant_networks(region, only_default=not used)
        tables = plant_routes(region, networks)
        plant_network_acls(region, networks)
        lists = plant_prefix_lists(region, own=used)
        groups = plant_security_groups(region, networks, lists)
        if used:
            images = plant_images(region, management)
            machines = MACHINES if number == 0 else [one for one in MACHINES if one.name in IN_SECOND_REGION]
            plant_machines(region, Surroundings(networks.subnets, groups, images, profiles), machines)
            # A group may be used by what no instance has.
            plant_interface(region, Interface(networks.subnets["public"], [groups["ssh"]], description="frei"))
            plant_free_address(region)
            plant_connections(region, networks, tables, groups, lists)
            plant_key_pairs(region)
            plant_launch_templates(region, images, groups, profiles)
