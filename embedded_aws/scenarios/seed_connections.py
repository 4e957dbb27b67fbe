"""Ways from networks to other networks, to services of AWS and to instances, and the logs of what passes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_images import FOREIGN
from embedded_aws.scenarios.seed_interfaces import Interface, plant_interface
from embedded_aws.scenarios.seed_networks import Networks
from embedded_aws.scenarios.seed_prefix_lists import OF_S3
from embedded_aws.scenarios.seed_routes import add_route
from embedded_aws.server.cloud import Resource

_OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
_OURS = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}


def plant_connections(
    region: PlantedRegion,
    networks: Networks,
    tables: Mapping[str, Resource],
    groups: Mapping[str, dict[str, str]],
    lists: Mapping[str, str],
) -> None:
    """Plant the connections, and their routes."""
    add_route(tables["private"], lists[OF_S3], {"GatewayId": _gateway_endpoint(region, tables["private"])})
    private = networks.subnets["private"]
    _interface_endpoint(region, private, [groups["web"]])
    _instance_connect_endpoint(region, private, groups["outgoing"])
    add_route(tables["main of data"], "10.0.0.0/16", {"VpcPeeringConnectionId": _peerings(region, networks)})
    add_route(tables["main of data"], "10.64.0.0/10", {"TransitGatewayId": _transit_gateway(region, networks)})
    _flow_logs(region, networks)


def _endpoint(region: PlantedRegion, service: str, vpc_id: str, *statements: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "VpcEndpointId": region.new_id("vpce"),
        "VpcId": vpc_id,
        "ServiceName": f"com.amazonaws.{region.name}.{service}",
        "State": "available",
        "OwnerId": region.account_id,
        "CreationTimestamp": region.time(),
        "RequesterManaged": False,
        "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [*statements]}),
        "Tags": tags(f"zu {service} ✓"),
    }


def _gateway_endpoint(region: PlantedRegion, table: Resource) -> str:
    endpoint = _endpoint(region, "s3", table["VpcId"], _OPEN)
    nothing: Mapping[str, list[Any]] = {"SubnetIds": [], "Groups": [], "NetworkInterfaceIds": [], "DnsEntries": []}
    kind = {"VpcEndpointType": "Gateway", "RouteTableIds": [table["RouteTableId"]], "PrivateDnsEnabled": False}
    endpoint_id: str = region.plant("VpcEndpoints", {**endpoint, **nothing, **kind})["VpcEndpointId"]
    return endpoint_id


def _interface_endpoint(region: PlantedRegion, subnet: Resource, groups: Sequence[Mapping[str, str]]) -> None:
    endpoint = _endpoint(region, "ssm", subnet["VpcId"], {**_OPEN, **_OURS})
    endpoint_id = endpoint["VpcEndpointId"]
    description = f"VPC Endpoint Interface {endpoint_id}"
    interface = plant_interface(region, Interface(subnet, groups, description=description, kind="vpc_endpoint"))
    name = f"{endpoint_id}.ssm.{region.name}.vpce.amazonaws.com"
    details = {
        "VpcEndpointType": "Interface",
        "RouteTableIds": [],
        "SubnetIds": [subnet["SubnetId"]],
        "Groups": list(groups),
        "NetworkInterfaceIds": [interface["NetworkInterfaceId"]],
        "PrivateDnsEnabled": True,
        "IpAddressType": "ipv4",
        "DnsOptions": {"DnsRecordIpType": "ipv4"},
        "DnsEntries": [{"DnsName": name, "HostedZoneId": "Z7HUB22UULQXV"}],
    }
    region.plant("VpcEndpoints", {**endpoint, **details})


def _instance_connect_endpoint(region: PlantedRegion, subnet: Resource, group: Mapping[str, str]) -> None:
    endpoint_id = region.new_id("eice")
    description = f"EC2 Instance Connect Endpoint {endpoint_id}"
    wanted = Interface(subnet, [group], description=description, kind="ec2_instance_connect_endpoint")
    region.plant(
        "InstanceConnectEndpoints",
        {
            "InstanceConnectEndpointId": endpoint_id,
            "InstanceConnectEndpointArn": region.arn(f"instance-connect-endpoint/{endpoint_id}"),
            "OwnerId": region.account_id,
            "State": "create-complete",
            "StateMessage": "",
            "DnsName": f"{endpoint_id}.abcdefgh.ec2-instance-connect-endpoint.{region.name}.amazonaws.com",
            "NetworkInterfaceIds": [plant_interface(region, wanted)["NetworkInterfaceId"]],
            "VpcId": subnet["VpcId"],
            "SubnetId": subnet["SubnetId"],
            "CreatedAt": region.time(),
            "PreserveClientIp": True,
            "SecurityGroupIds": [group["GroupId"]],
            "Tags": [],
            **region.zone(),
        },
    )


def _peerings(region: PlantedRegion, networks: Networks) -> str:
    """Plant one between networks of the account, and one that another account has not accepted. Returns the first."""
    data, shop = (
        {
            "VpcId": networks.vpcs[name]["VpcId"],
            "CidrBlock": networks.vpcs[name]["CidrBlock"],
            "CidrBlockSet": [{"CidrBlock": networks.vpcs[name]["CidrBlock"]}],
            "OwnerId": region.account_id,
            "Region": region.name,
            "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": False},
        }
        for name in ("data", "shop")
    )
    foreign = {"VpcId": "vpc-0a0b0c0d0e0f00102", "OwnerId": FOREIGN, "Region": region.name}
    peering_id = region.new_id("pcx")
    first = {"VpcPeeringConnectionId": peering_id, "RequesterVpcInfo": data, "AccepterVpcInfo": shop}
    active, pending = (
        {"Code": "active", "Message": "Active"},
        {"Code": "pending-acceptance", "Message": f"By {FOREIGN}"},
    )
    region.plant("VpcPeeringConnections", {**first, "Status": active, "Tags": tags("Läden und Daten")})
    second = {"VpcPeeringConnectionId": region.new_id("pcx"), "RequesterVpcInfo": shop, "AccepterVpcInfo": foreign}
    region.plant(
        "VpcPeeringConnections", {**second, "Status": pending, "ExpirationTime": region.time(), "Tags": tags()}
    )
    return peering_id


def _transit_gateway(region: PlantedRegion, networks: Networks) -> str:
    gateway_id, table_id = region.new_id("tgw"), region.new_id("tgw-rtb")
    options = {
        "AmazonSideAsn": 64512,
        "AutoAcceptSharedAttachments": "disable",
        "DefaultRouteTableAssociation": "enable",
        "AssociationDefaultRouteTableId": table_id,
        "DefaultRouteTablePropagation": "enable",
        "PropagationDefaultRouteTableId": table_id,
        "DnsSupport": "enable",
        "VpnEcmpSupport": "enable",
    }
    about = {"TransitGatewayId": gateway_id, "TransitGatewayArn": region.arn(f"transit-gateway/{gateway_id}")}
    state = {"State": "available", "OwnerId": region.account_id, "Description": "", "CreationTime": region.time()}
    region.plant("TransitGateways", {**about, **state, "Options": options, "Tags": tags("Kreuz ✓")})
    attachments = ("vpc", networks.vpcs["data"]["VpcId"], region.account_id), ("peering", region.new_id("tgw"), FOREIGN)
    for kind, resource_id, owner in attachments:
        attachment = {
            "TransitGatewayAttachmentId": region.new_id("tgw-attach"),
            "TransitGatewayId": gateway_id,
            "TransitGatewayOwnerId": region.account_id,
            "ResourceOwnerId": owner,
            "ResourceType": kind,
            "ResourceId": resource_id,
            "State": "available" if kind == "vpc" else "pendingAcceptance",
            "CreationTime": region.time(),
            "Tags": tags(kind),
        }
        associated = {"Association": {"TransitGatewayRouteTableId": table_id, "State": "associated"}}
        region.plant("TransitGatewayAttachments", {**attachment, **(associated if kind == "vpc" else {})})
    return gateway_id


def _flow_logs(region: PlantedRegion, networks: Networks) -> None:
    role = f"arn:{region.cloud.partition}:iam::{region.account_id}:role/flow-logs"
    bucket = f"arn:{region.cloud.partition}:s3:::acme-flow-logs/größe"
    kinds: tuple[dict[str, Any], ...] = (
        {
            "ResourceId": networks.vpcs["shop"]["VpcId"],
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "flow",
            "DeliverLogsPermissionArn": role,
            "DeliverLogsStatus": "FAILED",
            "DeliverLogsErrorMessage": "Access error",
        },
        {
            "ResourceId": networks.subnets["data"]["SubnetId"],
            "TrafficType": "REJECT",
            "LogDestinationType": "s3",
            "LogDestination": bucket,
            "DestinationOptions": {"FileFormat": "parquet", "PerHourPartition": True},
        },
    )
    for kind in kinds:
        about = {"FlowLogId": region.new_id("fl"), "FlowLogStatus": "ACTIVE", "CreationTime": region.time()}
        form = {"MaxAggregationInterval": 600, "LogFormat": "${version} ${srcaddr} ${dstaddr}", "Tags": tags("Spur")}
        region.plant("FlowLogs", {**about, **form, **kind})
