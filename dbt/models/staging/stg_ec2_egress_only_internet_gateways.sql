{{ staging('ec2_egress_only_internet_gateways') }}
