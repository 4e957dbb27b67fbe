{{ staging('ec2_internet_gateways') }}
