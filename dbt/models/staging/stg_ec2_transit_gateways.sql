{{ staging('ec2_transit_gateways') }}
