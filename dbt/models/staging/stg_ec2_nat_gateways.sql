{{ staging('ec2_nat_gateways') }}
